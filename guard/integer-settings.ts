import { CONCURRENCY } from "./backend-settings.ts";
import type { IntegerRule } from "./integer-rule.ts";

/** Not a setting of its own: the default of each backend's concurrency. */
export const MAX_CONCURRENT: IntegerRule = { ...CONCURRENCY, name: "MAX_CONCURRENT" };

/** Every number that the guard can be told, by its name in `Settings`. */
export const INTEGER_SETTINGS = {
  /** Below nginx' proxy_read_timeout, so that the client gets our 503 and not nginx' 504. */
  acquireTimeoutMs: milliseconds("GUARD_ACQUIRE_TIMEOUT_MS", 10_000, { min: 0, max: 300_000 }),
  /** A waiting request costs two socket buffers, at most some 40 KB. */
  queueRequests: {
    name: "GUARD_QUEUE_REQUESTS",
    unit: "requests",
    default: 128,
    min: 0,
    max: 10_000,
  },
  /** An event stream may be silent this long between heartbeats. */
  readTimeoutMs: milliseconds("GUARD_READ_TIMEOUT_MS", 300_000, { min: 1_000, max: 86_400_000 }),
  stallTimeoutMs: milliseconds("GUARD_STALL_TIMEOUT_MS", 60_000, { min: 1_000, max: 3_600_000 }),
  drainTimeoutMs: milliseconds("GUARD_DRAIN_TIMEOUT_MS", 30_000, { min: 0, max: 600_000 }),
  /** A chat's stream may last five minutes, and its client can do nothing with a half of it. */
  streamDrainTimeoutMs: milliseconds("GUARD_STREAM_DRAIN_TIMEOUT_MS", 300_000, {
    min: 0,
    max: 3_600_000,
  }),
  /** Memory can fill within two seconds; a look costs some ten microseconds. */
  checkIntervalMs: {
    ...milliseconds("MEMORY_GUARD_CHECK_INTERVAL_MS", 100, { min: 20, max: 60_000 }),
    seconds: "MEMORY_GUARD_CHECK_INTERVAL_SEC",
  },
  /** What a request costs of which nothing is known yet. */
  estimatedMb: {
    name: "MEMORY_GUARD_ESTIMATED_MEM_PER_REQ_MB",
    unit: "MiB",
    default: 200,
    min: 1,
    max: 1_000_000,
  },
  /** 0 for no limit: what a result may weigh is known to the operator alone. */
  maxResultBytes: {
    name: "MAX_RESULT_SIZE",
    unit: "bytes",
    default: 0,
    min: 0,
    max: 999_999_999,
  },
  breakerFailures: {
    name: "CIRCUIT_BREAKER_FAILURE_THRESHOLD",
    unit: "failures",
    default: 5,
    min: 1,
    max: 1_000,
  },
  breakerSuccesses: {
    name: "CIRCUIT_BREAKER_SUCCESS_THRESHOLD",
    unit: "successes",
    default: 3,
    min: 1,
    max: 1_000,
  },
  breakerTimeoutMs: {
    ...milliseconds("CIRCUIT_BREAKER_TIMEOUT_MS", 10_000, { min: 100, max: 3_600_000 }),
    alias: "CIRCUIT_BREAKER_TIMEOUT",
  },
  breakerResetMs: {
    ...milliseconds("CIRCUIT_BREAKER_RESET_TIMEOUT_MS", 30_000, { min: 100, max: 3_600_000 }),
    alias: "CIRCUIT_BREAKER_RESET_TIMEOUT",
  },
  /** More than one costs memory when there is least of it: more is taken for one. */
  maxRetries: { name: "RETRY_MAX_RETRIES", unit: "retries", default: 1, min: 0, max: 100 },
} satisfies Record<string, IntegerRule>;

export type IntegerSettings = Readonly<Record<keyof typeof INTEGER_SETTINGS, number>>;

export const INTEGER_ENTRIES = Object.entries(INTEGER_SETTINGS) as readonly [
  keyof IntegerSettings,
  IntegerRule,
][];

function milliseconds(
  name: string,
  fallback: number,
  { min, max }: { min: number; max: number },
): IntegerRule {
  return { name, unit: "milliseconds", default: fallback, min, max };
}
