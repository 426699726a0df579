import { type Environment, planOf } from "../../config/environment.ts";
import { containerName } from "../../core/names.ts";
import { type Away, awayOf, awayWithGuard, type Role } from "../../core/outage.ts";
import type { Plan } from "../../core/plan.ts";
import { servicesOf } from "../../core/spec.ts";
import { SECOND_MS } from "../../core/units.ts";
import type { ContainerChange } from "./container-change.ts";

/** What a change of a container costs those who use the service. */
export interface Cost {
  readonly words: string;
  /** Somebody is refused or has to wait; false where others serve meanwhile. */
  readonly isOutage: boolean;
  /** Undefined where it does not come back. */
  readonly away?: Away;
}

/** Names of the containers that the same deploy makes, and of those that it replaces. */
export interface SameDeploy {
  readonly created: ReadonlySet<string>;
  readonly replaced: ReadonlySet<string>;
}

const REMOVED = "is drained and taken away";
const WITHIN_NGINX: Cost = { words: "is replaced while nginx is away", isOutage: false };

/** `about 3 s`, rounded up: what was measured elsewhere is no more exact than that. */
function aboutSeconds(ms: number): string {
  return `about ${Math.ceil(ms / SECOND_MS)} s`;
}

const OPEN_REQUESTS = "while open requests end";
const STOPS: Readonly<Record<Role, string>> = {
  postgres: "while it writes its last checkpoint",
  cache: "while it ends",
  store: "while it writes to disk",
  guard: OPEN_REQUESTS,
  nginx: OPEN_REQUESTS,
  app: OPEN_REQUESTS,
};

/** What those who use a service see meanwhile, by its role. */
const MEANWHILE: Readonly<Record<Exclude<Role, "app">, string>> = {
  postgres: "every connection is closed at once, and requests that need the database fail",
  cache: "requests go to the database, and find the cache empty afterwards",
  store: "requests that need what it holds fail",
  guard: "nginx answers 503 with Retry-After",
  nginx: "connections are refused",
};

function awayWords(role: Role, { awayMs, graceMs }: Away, meanwhile: string): string {
  const grace = `up to ${graceMs / SECOND_MS} s more ${STOPS[role]}`;
  return `is away for ${aboutSeconds(awayMs)}, and ${grace}: ${meanwhile}`;
}

/** The slots that the config gives an app; none where it has no such app. */
function slotsOf(environment: Environment, service: string): string[] {
  const app = servicesOf(environment.services, "app").find(([name]) => name === service)?.[1];
  const indexes = Array.from({ length: app?.slots ?? 0 }, (_, at) => at + 1);
  return indexes.map((index) => containerName(environment, service, index));
}

function slotCost(plan: Plan, away: Away, hasOthers: boolean): Cost {
  const queue = `requests wait, those that wait ${plan.timeouts.acquireMs / SECOND_MS} s get 503`;
  const words = awayWords("app", away, hasOthers ? "the other slots serve" : queue);
  return { words, isOutage: !hasOthers, away };
}

function removalCost(hasOthers: boolean): Cost {
  if (!hasOthers) return { words: REMOVED, isOutage: true };
  return { words: `${REMOVED}: the other slots serve`, isOutage: false };
}

/** Undefined of what Plimsoll does not know. */
function roleOf({ services }: Environment, service: string): Role | undefined {
  const found = services[service];
  if (found?.kind === "redis") return found.role;
  const role = found?.kind ?? service;
  return role === "app" || role in MEANWHILE ? (role as Role) : undefined;
}

interface Replaced {
  readonly service: string;
  /** Of the container that is there; undefined where its state does not say. */
  readonly stopGraceMs: number | undefined;
  readonly hasOthers: boolean;
  readonly isWholeEdge: boolean;
}

function awayFor(plan: Plan, role: Role, of: Replaced): Away {
  const isEdge = of.isWholeEdge && role === "nginx";
  const away = isEdge ? awayWithGuard(plan) : awayOf(plan, role, of.service);
  return { ...away, graceMs: of.stopGraceMs ?? away.graceMs };
}

function replacementCost(environment: Environment, of: Replaced): Cost | undefined {
  const role = roleOf(environment, of.service);
  if (role === undefined) return undefined;
  if (of.isWholeEdge && role === "guard") return WITHIN_NGINX;
  const plan = planOf(environment);
  const away = awayFor(plan, role, of);
  if (role === "app") return slotCost(plan, away, of.hasOthers);
  return { words: awayWords(role, away, MEANWHILE[role]), isOutage: true, away };
}

/** What a change of a container costs those who use it; undefined where it costs nothing. */
export function costOf(
  environment: Environment,
  change: ContainerChange,
  { created, replaced }: SameDeploy,
): Cost | undefined {
  if (change.kind === "created" || change.kind === "updated") return undefined;
  const who = change.name.slice(containerName(environment, "").length);
  const service = environment.services[who] ? who : who.replace(/-\d+$/, "");
  const slots = slotsOf(environment, service);
  const own = slots.indexOf(change.name);
  // Slots are made in their order: one that comes first serves by then, one that comes later does not.
  const hasOthers = slots.some((name, at) => at !== own && (at < own || !created.has(name)));
  if (change.kind === "removed") return removalCost(hasOthers);
  const edge = ["guard", "nginx"].map((each) => containerName(environment, each));
  const isWholeEdge = edge.every((name) => replaced.has(name));
  const { stopGraceMs } = change;
  return replacementCost(environment, { service, stopGraceMs, hasOthers, isWholeEdge });
}
