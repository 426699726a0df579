import { MINUTE_MS, SECOND_MS } from "./units.ts";

/**
 * One chain, each link longer than the one before: a stream of five minutes ends at the app, never at a
 * proxy in between, and a heartbeat each 15 s keeps every idle timer from firing.
 */
export const TIMEOUTS = {
  heartbeatMs: 15 * SECOND_MS,
  /** nginx and the guard: the longest silence between two reads. */
  proxyReadMs: 75 * SECOND_MS,
  connectMs: 5 * SECOND_MS,
  acquireMs: 10 * SECOND_MS,
  /** Streams of five minutes and half a minute of grace. */
  drainMs: 5 * MINUTE_MS + 30 * SECOND_MS,
  /** Docker's kill comes after the drain. */
  stopGraceMs: 5 * MINUTE_MS + 40 * SECOND_MS,
  /** initdb on a slow disk, or recovery after a crash. */
  databaseStartMs: 5 * MINUTE_MS,
  cacheStopGraceMs: 10 * SECOND_MS,
  /** Postgres: fast shutdown with a checkpoint. */
  dataStopGraceMs: MINUTE_MS,
} as const;
