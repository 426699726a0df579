import { type Figure, Figures } from "./figure.ts";
import type { MemoryLine } from "./memory-map.ts";
import type { Plan } from "./plan.ts";
import { servicesOf } from "./spec.ts";
import { formatMib, KIB, MIB } from "./units.ts";

/** What a line of the memory map is expected to hold; its limit is what it may. */
export interface MemoryUse {
  readonly who: string;
  readonly idleBytes: number;
  /** With every request, stream and connection that the plan lets in, and full stores. */
  readonly loadedBytes: number;
  /** What `loadedBytes` was computed from, for people. */
  readonly from: string;
}

const SOURCE = "docs/measurements/memory.md";

/** Programs with nothing to do for minutes; Postgres with what a start touches of its shared memory. */
const IDLE_BYTES = {
  nginx: 4 * MIB,
  guard: 22 * MIB,
  postgres: 31 * MIB,
  redis: 6 * MIB,
  app: 24 * MIB,
} as const;
/** Of a slot that has worked: compiled code, and a heap that V8 has not given back. */
const WARM_APP_BYTES = 48 * MIB;
/** Shares of each line of the reserve, idle and loaded; the rest is for servers with more on them, and for upgrades. */
const RESERVE_USED: Readonly<Record<string, readonly [idle: number, loaded: number]>> = {
  kernel: [0.68, 0.86],
  system: [0.13, 0.13],
  // The rest is for what a health check runs in.
  docker: [0.7, 0.7],
  shims: [0.83, 0.83],
};
const NGINX_CLIENT_BYTES = 55 * KIB;
const GUARD_STREAM_BYTES = 400 * KIB;
const APP_STREAM_BYTES = 100 * KIB;
/** Requests are at their peak at the end of their lives, and not all at once. */
const AT_PEAK_SHARE = 0.4;
/** The postmaster and its helpers, without shared memory. */
const POSTGRES_BYTES = 20 * MIB;
const POSTGRES_CONNECTION_BYTES = 2 * MIB;
/** What eviction and the allocator's size classes leave in holes, and each key's own cost. */
const REDIS_FRAGMENTATION = 1.2;

type Numbers = Pick<Plan, "spec" | "memory" | "slots" | "postgres" | "redis">;

function slotUses({ spec, slots }: Numbers): MemoryUse[] {
  const apps = new Map(servicesOf(spec.services, "app"));
  return slots.map(({ name, service, concurrency, streams }) => {
    const requestBytes = apps.get(service)?.memoryPerRequestBytes ?? 0;
    return {
      who: name,
      idleBytes: IDLE_BYTES.app,
      loadedBytes: Math.round(
        WARM_APP_BYTES + AT_PEAK_SHARE * concurrency * requestBytes + streams * APP_STREAM_BYTES,
      ),
      from: `warm, 40 % of ${concurrency} x services.${service}.memoryPerRequest, ${streams} streams`,
    };
  });
}

function postgresUses({ postgres, slots }: Numbers): MemoryUse[] {
  const pooled = slots.reduce((sum, { poolConnections }) => sum + poolConnections, 0);
  return Object.entries(postgres).map(([who, { sharedMemoryBytes }]) => ({
    who,
    idleBytes: IDLE_BYTES.postgres,
    loadedBytes: POSTGRES_BYTES + sharedMemoryBytes + pooled * POSTGRES_CONNECTION_BYTES,
    from: `its processes, ${formatMib(sharedMemoryBytes)} of shared memory, ${pooled} pooled connections`,
  }));
}

function redisUses({ redis }: Numbers): MemoryUse[] {
  return Object.entries(redis).map(([who, { maxmemoryBytes }]) => ({
    who,
    idleBytes: IDLE_BYTES.redis,
    loadedBytes: Math.round(IDLE_BYTES.redis + REDIS_FRAGMENTATION * maxmemoryBytes),
    from: "idle, a full maxmemory and a fifth for fragmentation",
  }));
}

function doorUses({ slots }: Numbers): MemoryUse[] {
  const streams = slots.reduce((sum, slot) => sum + slot.streams, 0);
  const clients = slots.reduce((sum, slot) => sum + slot.maxConnections, 0);
  return [
    {
      who: "nginx",
      idleBytes: IDLE_BYTES.nginx,
      loadedBytes: IDLE_BYTES.nginx + clients * NGINX_CLIENT_BYTES,
      from: `idle, ${clients} clients`,
    },
    {
      who: "guard",
      idleBytes: IDLE_BYTES.guard,
      loadedBytes: IDLE_BYTES.guard + streams * GUARD_STREAM_BYTES,
      from: `idle, ${streams} streams`,
    },
  ];
}

function reserveUses(lines: readonly MemoryLine[]): MemoryUse[] {
  return lines
    .filter(({ tier }) => tier === "reserve")
    .map(({ who, limitBytes, from }) => {
      const [idle, loaded] = RESERVE_USED[who] ?? [1, 1];
      const [idleBytes, loadedBytes] = [
        Math.round(idle * limitBytes),
        Math.round(loaded * limitBytes),
      ];
      return { who, idleBytes, loadedBytes, from };
    });
}

/** What each line of the map is expected to hold, idle and with all that the plan lets in. */
export function memoryUses(numbers: Numbers): MemoryUse[] {
  return [
    ...reserveUses(numbers.memory.lines),
    ...doorUses(numbers),
    ...postgresUses(numbers),
    ...redisUses(numbers),
    ...slotUses(numbers),
  ];
}

/** `redis.idle_use` and `redis.loaded_use` of every line that has an expectation. */
export function useFigures(uses: readonly MemoryUse[]): [id: string, Figure<number>][] {
  return uses
    .flatMap(({ who, idleBytes, loadedBytes, from }) => {
      const figures = new Figures(who, { source: SOURCE });
      return [
        figures.bytes("idle_use", idleBytes, { because: "measured", inputs: [] }),
        figures.bytes("loaded_use", loadedBytes, { because: from, inputs: [] }),
      ];
    })
    .map((figure) => [figure.id, figure]);
}
