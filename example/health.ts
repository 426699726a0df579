import { totalmem } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import type { Cache } from "./cache.ts";
import type { Connections } from "./connections.ts";
import type { Database } from "./database.ts";
import { type Exchange, sendJson } from "./exchange.ts";

const RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;

export interface HealthParts {
  readonly database: Database;
  readonly cache: Cache;
  readonly connections: () => ReturnType<Connections["counts"]>;
  readonly slotName: string;
}

/** `GET /health`: this process answers. Asks nobody, so an outage elsewhere never restarts a healthy slot. */
export function live({ response }: Exchange): void {
  sendJson(response, 200, { status: "ok" });
}

/** `GET /health/detailed`: what this slot sees of itself and of what it depends on. */
export class Health {
  readonly #parts: HealthParts;
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor(parts: HealthParts) {
    this.#parts = parts;
    this.#delay.enable();
  }

  /** 503 without the database; without the cache only `degraded`, since every request still works. */
  readonly detailed = async ({ response }: Exchange): Promise<void> => {
    const { database, cache, slotName } = this.#parts;
    const [databaseUp, cacheUp, connections] = await Promise.all([
      database.isReachable(),
      cache.isReachable(),
      this.#parts.connections(),
    ]);
    const status = !databaseUp ? "unavailable" : cacheUp ? "ok" : "degraded";
    sendJson(response, databaseUp ? 200 : 503, {
      status,
      slot: slotName,
      uptimeMs: Math.round(process.uptime() * 1000),
      database: { reachable: databaseUp, pool: database.counts },
      cache: { reachable: cacheUp, ...cache.counts },
      memory: memory(),
      eventLoopDelayMs: delayMs(this.#delay),
      connections,
    });
  };
}

/** The container's view: inside one, `os.freemem()` and `os.totalmem()` still describe the host. */
function memory() {
  const { rss: rssBytes, heapUsed: heapUsedBytes, external: externalBytes } = process.memoryUsage();
  const constrainedBytes = process.constrainedMemory();
  const limited = constrainedBytes > 0 && constrainedBytes < totalmem();
  const heapLimitBytes = getHeapStatistics().heap_size_limit;
  return {
    rssBytes,
    heapUsedBytes,
    heapLimitBytes,
    externalBytes,
    limitBytes: limited ? constrainedBytes : null,
  };
}

/** Since the last time somebody asked. The histogram counts its own interval as delay. */
function delayMs(histogram: ReturnType<typeof monitorEventLoopDelay>) {
  const lateMs = (nanoseconds: number) =>
    Number(Math.max(0, nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS).toFixed(1));
  const delays = {
    p50: lateMs(histogram.percentile(50)),
    p99: lateMs(histogram.percentile(99)),
    max: lateMs(histogram.max),
  };
  histogram.reset();
  return delays;
}
