import { type Environment, planOf } from "../../config/environment.ts";
import { containerName } from "../../core/names.ts";
import { servicesOf } from "../../core/spec.ts";
import type { TimeoutsPlan } from "../../core/timeouts.ts";
import { SECOND_MS } from "../../core/units.ts";
import type { ContainerChange } from "./container-change.ts";

const seconds = (ms: number) => `${ms / SECOND_MS} s`;

/** What those who use a service see while its container is replaced, by its kind. */
function replaced(timeouts: TimeoutsPlan): Readonly<Record<string, string>> {
  const grace = seconds(timeouts.stopGraceMs);
  return {
    postgres: `stops with every connection closed within ${seconds(timeouts.dataStopGraceMs)}, and starts again: requests that need the database fail meanwhile`,
    redis: `stops within ${seconds(timeouts.cacheStopGraceMs)} and starts with an empty cache: the first requests go to the database`,
    guard: `ends when its open requests have, ${grace} at most, and starts again: nginx answers 503 with Retry-After meanwhile`,
    nginx: `ends when its open requests have, ${grace} at most, and starts again: connections are refused meanwhile`,
  };
}

function slotOutage(environment: Environment, service: string): string {
  const app = servicesOf(environment.services, "app").find(([name]) => name === service)?.[1];
  const meanwhile =
    (app?.slots ?? 1) > 1 ? "the other slots serve meanwhile" : "requests wait, then get 503";
  const grace = seconds(planOf(environment).timeouts.stopGraceMs);
  return `ends when its open requests have, ${grace} at most, and starts again: ${meanwhile}`;
}

/** In words what a change of a container costs those who use it; undefined where it costs nothing. */
export function outageOf(environment: Environment, change: ContainerChange): string | undefined {
  if (change.kind === "created" || change.kind === "updated") return undefined;
  const who = change.name.slice(containerName(environment, "").length);
  const service = environment.services[who] ? who : who.replace(/-\d+$/, "");
  const kind = environment.services[service]?.kind ?? service;
  if (change.kind === "removed") return "is drained and taken away";
  return kind === "app"
    ? slotOutage(environment, service)
    : replaced(planOf(environment).timeouts)[kind];
}
