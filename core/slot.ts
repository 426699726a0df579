import { containerName, type Owner } from "./names.ts";
import { heapBytes, type NodePlan, nodePlan } from "./node.ts";
import type { AppSpec } from "./spec.ts";

/** Connections that one slot accepts; beyond it the kernel's queue waits. */
const MAX_CONNECTIONS = 80;
/** Of them for streams: the rest stays for short requests and the guard's idle sockets. */
const MAX_STREAMS = 40;
/** Share of the heap sold to requests; the rest is the program itself and garbage not yet collected. */
const SOLD_SHARE = 0.8;
/** One Node process keeps about 8 queries in flight usefully; more only queue inside Postgres. */
const POOL_CONNECTIONS = 8;

/** One app container and every number it is told. */
export interface SlotPlan {
  readonly service: string;
  /** From 1. */
  readonly index: number;
  /** `chat-1`. */
  readonly name: string;
  readonly container: string;
  readonly node: NodePlan | undefined;
  /** Requests that the guard lets in at once. */
  readonly concurrency: number;
  /** Streams that may be open beside them. */
  readonly streams: number;
  readonly maxConnections: number;
  readonly poolConnections: number;
}

/** What of a slot's limit requests may hold together, in bytes. */
export function soldBytes({
  runtime,
  limitBytes,
}: Pick<AppSpec, "runtime" | "limitBytes">): number {
  return SOLD_SHARE * (runtime === "node" ? heapBytes(nodePlan(limitBytes)) : limitBytes);
}

function concurrency(app: AppSpec): number {
  return Math.max(1, Math.floor(soldBytes(app) / app.memoryPerRequestBytes));
}

export function slotPlans(owner: Owner, service: string, app: AppSpec): SlotPlan[] {
  const node = app.runtime === "node" ? nodePlan(app.limitBytes) : undefined;
  return Array.from({ length: app.slots }, (_, at) => ({
    service,
    index: at + 1,
    name: `${service}-${at + 1}`,
    container: containerName(owner, service, at + 1),
    node,
    concurrency: Math.min(concurrency(app), MAX_CONNECTIONS - MAX_STREAMS),
    streams: MAX_STREAMS,
    maxConnections: MAX_CONNECTIONS,
    poolConnections: POOL_CONNECTIONS,
  }));
}
