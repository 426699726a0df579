import { type Environment, planOf } from "../../config/environment.ts";
import { containerName } from "../../core/names.ts";
import { servicesOf } from "../../core/spec.ts";
import type { TimeoutsPlan } from "../../core/timeouts.ts";
import { SECOND_MS } from "../../core/units.ts";
import type { ContainerChange } from "./container-change.ts";

/** What a change of a container costs those who use the service. */
export interface Cost {
  readonly words: string;
  /** Somebody is refused or has to wait; false where others serve meanwhile. */
  readonly isOutage: boolean;
}

const REMOVED = "is drained and taken away";
const seconds = (ms: number) => `${ms / SECOND_MS} s`;

/** What those who use a service see while its container is replaced, by its kind. */
function replaced(timeouts: TimeoutsPlan): Readonly<Record<string, string>> {
  const grace = seconds(timeouts.stopGraceMs);
  const cacheGrace = seconds(timeouts.cacheStopGraceMs);
  return {
    postgres: `stops with every connection closed within ${seconds(timeouts.dataStopGraceMs)}, and starts again: requests that need the database fail meanwhile`,
    cache: `stops within ${cacheGrace} and starts with an empty cache: the first requests go to the database`,
    store: `stops within ${cacheGrace} and starts again with what it holds: requests that need it fail meanwhile`,
    guard: `ends when its open requests have, ${grace} at most, and starts again: nginx answers 503 with Retry-After meanwhile`,
    nginx: `ends when its open requests have, ${grace} at most, and starts again: connections are refused meanwhile`,
  };
}

/** The slots that the config gives an app; none where it has no such app. */
function slotsOf(environment: Environment, service: string): string[] {
  const app = servicesOf(environment.services, "app").find(([name]) => name === service)?.[1];
  const indexes = Array.from({ length: app?.slots ?? 0 }, (_, at) => at + 1);
  return indexes.map((index) => containerName(environment, service, index));
}

function slotCost(environment: Environment, hasOthers: boolean): Cost {
  const isOutage = !hasOthers;
  const meanwhile = isOutage ? "requests wait, then get 503" : "the other slots serve meanwhile";
  const grace = seconds(planOf(environment).timeouts.stopGraceMs);
  const words = `ends when its open requests have, ${grace} at most, and starts again: ${meanwhile}`;
  return { words, isOutage };
}

function removalCost(hasOthers: boolean): Cost {
  if (!hasOthers) return { words: REMOVED, isOutage: true };
  return { words: `${REMOVED}: the other slots serve`, isOutage: false };
}

/** `cache` or `store` of a Redis, the kind of any other service, `guard` and `nginx` by their names. */
function kindOf({ services }: Environment, service: string): string {
  const found = services[service];
  return found?.kind === "redis" ? found.role : (found?.kind ?? service);
}

/**
 * What a change of a container costs those who use it; undefined where it costs nothing.
 * @param created names of the containers that the same deploy makes
 */
export function costOf(
  environment: Environment,
  change: ContainerChange,
  created: ReadonlySet<string>,
): Cost | undefined {
  if (change.kind === "created" || change.kind === "updated") return undefined;
  const who = change.name.slice(containerName(environment, "").length);
  const service = environment.services[who] ? who : who.replace(/-\d+$/, "");
  const slots = slotsOf(environment, service);
  const own = slots.indexOf(change.name);
  // Slots are made in their order: one that comes first serves by then, one that comes later does not.
  const hasOthers = slots.some((name, at) => at !== own && (at < own || !created.has(name)));
  if (change.kind === "removed") return removalCost(hasOthers);
  const kind = kindOf(environment, service);
  if (kind === "app") return slotCost(environment, hasOthers);
  const words = replaced(planOf(environment).timeouts)[kind];
  return words === undefined ? undefined : { words, isOutage: true };
}
