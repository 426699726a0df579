import type { NodePlan } from "../../core/node.ts";
import type { SlotPlan } from "../../core/slot.ts";
import type { TimeoutsPlan } from "../../core/timeouts.ts";
import { SECOND_MS, toMib } from "../../core/units.ts";
import type { WorkersPlan } from "../../core/workers.ts";

/** What a runtime is told beside the numbers of its slot. */
export interface RuntimeOptions {
  readonly runtime: "node" | "gunicorn" | "uvicorn" | "gevent" | "none";
  readonly port: number;
  readonly timeouts: TimeoutsPlan;
}

type Variables = Record<string, string>;

/** Variables that the program of a slot reads by itself, and those that its settings file may read. */
export function runtimeVariables(slot: SlotPlan, options: RuntimeOptions): Variables {
  const limits = concurrencyVariables(slot);
  if (slot.node) return { ...limits, ...nodeVariables(slot.node) };
  if (!slot.workers) return limits;
  const variables = { ...limits, ...pythonVariables(slot.workers) };
  return options.runtime === "uvicorn"
    ? { ...variables, ...uvicornVariables(slot.workers, options) }
    : { ...variables, GUNICORN_CMD_ARGS: gunicornArguments(slot.workers, options).join(" ") };
}

/** Semaphores of one process; without a limit of the operator's the guard alone decides. */
function concurrencyVariables({ processRequests, processLlmRequests }: SlotPlan): Variables {
  return {
    ...(processRequests > 0 && { MAX_CONCURRENT_REQUESTS: String(processRequests) }),
    ...(processLlmRequests > 0 && { LLM_CONCURRENT_LIMIT: String(processLlmRequests) }),
  };
}

function nodeVariables(node: NodePlan): Variables {
  const flags = [
    `--max-old-space-size=${toMib(node.oldSpaceBytes)}`,
    `--max-semi-space-size=${toMib(node.semiSpaceBytes)}`,
  ];
  return {
    NODE_ENV: "production",
    NODE_OPTIONS: flags.join(" "),
    MALLOC_ARENA_MAX: String(node.mallocArenas),
  };
}

const seconds = (ms: number) => String(ms / SECOND_MS);

/** For a settings file that reads them; what the worker class does not know is left out. */
function pythonVariables(plan: WorkersPlan): Variables {
  return {
    WEB_WORKERS: String(plan.workers),
    WEB_CONCURRENCY: String(plan.workers),
    BACKLOG: String(plan.backlog),
    ...(plan.workerConnections > 0 && { WORKER_CONNECTIONS: String(plan.workerConnections) }),
    ...(plan.workerTimeoutMs > 0 && { WORKER_TIMEOUT: seconds(plan.workerTimeoutMs) }),
    ...(plan.maxRequests > 0 && {
      MAX_REQUESTS: String(plan.maxRequests),
      MAX_REQUESTS_JITTER: String(plan.maxRequestsJitter),
    }),
  };
}

/** Read by gunicorn itself, after its settings file. The heartbeat's file is in memory: a slow disk kills no worker. */
function gunicornArguments(
  plan: WorkersPlan,
  { runtime, port, timeouts }: RuntimeOptions,
): string[] {
  const isGevent = runtime === "gevent";
  return [
    `--bind=0.0.0.0:${port}`,
    `--worker-class=${isGevent ? "gevent" : "uvicorn_worker.UvicornWorker"}`,
    `--workers=${plan.workers}`,
    `--timeout=${seconds(plan.workerTimeoutMs)}`,
    `--keep-alive=${seconds(plan.keepaliveMs)}`,
    `--backlog=${plan.backlog}`,
    `--max-requests=${plan.maxRequests}`,
    `--max-requests-jitter=${plan.maxRequestsJitter}`,
    "--worker-tmp-dir=/dev/shm",
    ...(isGevent
      ? [
          `--worker-connections=${plan.workerConnections}`,
          `--graceful-timeout=${seconds(timeouts.drainMs)}`,
        ]
      : []),
  ];
}

/** uvicorn reads every option from a variable of its name. */
function uvicornVariables(plan: WorkersPlan, { port, timeouts }: RuntimeOptions): Variables {
  return {
    UVICORN_HOST: "0.0.0.0",
    UVICORN_PORT: String(port),
    UVICORN_LIMIT_CONCURRENCY: String(plan.workerConnections),
    UVICORN_BACKLOG: String(plan.backlog),
    UVICORN_TIMEOUT_KEEP_ALIVE: seconds(plan.keepaliveMs),
    UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN: seconds(timeouts.drainMs),
  };
}
