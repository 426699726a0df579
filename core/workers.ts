import { type Figure, Figures, type FiguresOf, why } from "./figure.ts";
import type { Leaves } from "./leaves.ts";
import type { AppSpec } from "./spec.ts";
import { MIB, SECOND_MS } from "./units.ts";

/** Python servers that run several processes in one container. */
export type WorkerClass = "gunicorn" | "uvicorn" | "gevent";

/** What a Python server is told. 0 where the worker class has no such flag, or nothing is to be limited. */
export interface WorkersPlan {
  readonly workers: number;
  /** Greenlets of one gevent worker, or connections of one uvicorn worker before it answers 503. */
  readonly workerConnections: number;
  /** A worker that gives no sign of life for so long is killed: a heartbeat, not a request's length. */
  readonly workerTimeoutMs: number;
  readonly backlog: number;
  /** Requests after which a worker is replaced. */
  readonly maxRequests: number;
  readonly maxRequestsJitter: number;
  readonly keepaliveMs: number;
  /** What one worker holds before its requests. */
  readonly workerBytes: number;
}

export function isWorkerClass(runtime: AppSpec["runtime"]): runtime is WorkerClass {
  return runtime === "gunicorn" || runtime === "uvicorn" || runtime === "gevent";
}

/** Processes that the cpus carry in one of so many slots. */
export function workersByCpu(cpus: number, slots: number): number {
  return Math.max(1, Math.floor(cpus / slots));
}

/** gunicorn's arbiter, or uvicorn's supervisor: an interpreter with the server's imports. */
export const SUPERVISOR_BYTES = 30 * MIB;
/** A web framework, a database driver and an HTTP client, imported. */
const WORKER_BYTES = 120 * MIB;
const WORKER_TIMEOUT_MS = 120 * SECOND_MS;
/** Above the guard's own queue; the kernel clips at somaxconn 4096, and a longer queue only hides overload. */
const BACKLOG = 1024;
/** Recycling bounds leaks; the jitter keeps workers from going all at once. */
const MAX_REQUESTS = 1000;
const MAX_REQUESTS_JITTER = 100;
/** Longer than a proxy keeps an idle connection, so that the proxy closes first. */
const KEEPALIVE_MS = 75 * SECOND_MS;

/** One app service for its processes. */
export interface WorkerInputs {
  readonly who: string;
  /** `services.chat`. */
  readonly key: string;
  readonly runtime: WorkerClass;
  readonly limit: Figure<number>;
  readonly config: Leaves;
  readonly maxConnections: Figure<number>;
  /** Whether it serves streams, which recycling would cut. */
  readonly streams: boolean;
}

function count({ who, key, limit, config }: WorkerInputs, worker: Figure<number>) {
  const figures = new Figures(who, { source: "cpu and memory", writtenIn: "environment" });
  const own = config.find(`${key}.workers`);
  if (own) return figures.count("web_workers", own.value, why`${own}`);
  const [cpus, slots] = [config.number("server.cpus"), config.number(`${key}.slots`)];
  const perRequest = config.number(`${key}.memoryPerRequest`);
  const byCpu = workersByCpu(cpus.value, slots.value);
  const byMemory = Math.floor((limit.value - SUPERVISOR_BYTES) / (worker.value + perRequest.value));
  return figures.count(
    "web_workers",
    Math.max(1, Math.min(byCpu, byMemory)),
    why`the smaller of ${cpus} cpus for ${slots} slots and what fits into ${limit} beside 30 MiB at ${worker} and one ${perRequest} each`,
  );
}

/** Processes and flags of a Python server in a container of its own. */
export function workerFigures(inputs: WorkerInputs): FiguresOf<WorkersPlan> {
  const { who, key, runtime, config } = inputs;
  const inner = new Figures(who, { source: "estimate: framework, driver and client imported" });
  const worker =
    config.find(`${key}.workerMemory`) ??
    inner.bytes("worker_memory", WORKER_BYTES, why`an idle worker with its imports`);
  const workers = count(inputs, worker);
  return { workers, workerBytes: worker, ...flags(inputs, workers), ...recycling(inputs, runtime) };
}

function flags({ who, maxConnections, runtime }: WorkerInputs, workers: Figure<number>) {
  const source = "gunicorn and uvicorn settings";
  const told = new Figures(who, { source, writtenIn: "environment" });
  const inner = new Figures(who, { source });
  const isGunicorn = runtime !== "uvicorn";
  const connections = runtime === "gunicorn" ? inner : told;
  return {
    workerConnections: connections.count(
      "worker_connections",
      runtime === "gunicorn" ? 0 : Math.ceil(maxConnections.value / workers.value),
      runtime === "gunicorn"
        ? why`uvicorn's worker class ignores it`
        : why`${maxConnections} / ${workers}, rounded up`,
    ),
    workerTimeoutMs: (isGunicorn ? told : inner).ms(
      "worker_timeout",
      isGunicorn ? WORKER_TIMEOUT_MS : 0,
      why`a heartbeat, not a request's length`,
    ),
    backlog: told.count("backlog", BACKLOG, why`a short queue; somaxconn is 4096`),
    keepaliveMs: told.ms("keep_alive", KEEPALIVE_MS, why`the proxy in front closes first`),
  };
}

function recycling({ who, streams }: WorkerInputs, runtime: WorkerClass) {
  const recycles = runtime !== "uvicorn" && !streams;
  const figures = new Figures(who, {
    source: "gunicorn settings",
    ...(runtime !== "uvicorn" && { writtenIn: "environment" as const }),
  });
  const reason = recycles
    ? why`bounds leaks`
    : why`off: a recycled worker cuts its streams, and a single one its container`;
  return {
    maxRequests: figures.count("max_requests", recycles ? MAX_REQUESTS : 0, reason),
    maxRequestsJitter: figures.count(
      "max_requests_jitter",
      recycles ? MAX_REQUESTS_JITTER : 0,
      reason,
    ),
  };
}

/** Memory that processes take before the first request. */
export function processBytes({ workers, workerBytes }: FiguresOf<WorkersPlan>): number {
  return SUPERVISOR_BYTES + workers.value * workerBytes.value;
}

/** The same with one worker of the assumed size: less than that is no Python slot. */
export function leastProcessBytes(): number {
  return SUPERVISOR_BYTES + WORKER_BYTES;
}
