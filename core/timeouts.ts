import { Figures, type FiguresOf, why } from "./figure.ts";
import type { Leaves } from "./leaves.ts";
import { MINUTE_MS, SECOND_MS } from "./units.ts";

/** One chain, each link longer than the one before, and the times that depend on it. */
export interface TimeoutsPlan {
  /** An open stream sends at least a comment this often. */
  readonly heartbeatMs: number;
  /** Longest silence between two reads of nginx and the guard. */
  readonly proxyReadMs: number;
  /** Longest silence that a CDN in front allows. */
  readonly cdnMs: number;
  /** After it an app gives up a request or stream. */
  readonly deadlineMs: number;
  readonly drainMs: number;
  /** Docker's kill comes this long after the stop signal. */
  readonly stopGraceMs: number;
  readonly connectMs: number;
  /** Longest wait for a permit of the guard. */
  readonly acquireMs: number;
  /** Longest statement of an app's database role. */
  readonly statementMs: number;
  readonly databaseStartMs: number;
  readonly cacheStopGraceMs: number;
  readonly dataStopGraceMs: number;
}

/** Below the 30 s of the shortest CDN, with one heartbeat lost. */
const HEARTBEAT_MS = 15 * SECOND_MS;
/** Cloudflare's proxy read timeout; Gcore and CloudFront allow 30 s, which the heartbeat stays below too. */
const CDN_MS = 120 * SECOND_MS;
/** Heartbeats that a slow app may miss before it counts as dead. */
const MISSED_HEARTBEATS = 5;
/** Generation takes 240 to 300 s, and half a minute of grace. */
const DEADLINE_MS = 5 * MINUTE_MS + 30 * SECOND_MS;
/** The next link of the chain: time to notice, to answer and to log. */
const STEP_MS = 10 * SECOND_MS;
/** A handshake on one server takes a millisecond; three lost packets are 7 s. */
const CONNECT_MS = 5 * SECOND_MS;
/** Longer than that nobody waits for a first byte; a 503 with Retry-After is kinder. */
const ACQUIRE_MS = 10 * SECOND_MS;
/** A plain request's own limit: a slower query has nobody waiting for it. */
const STATEMENT_MS = 30 * SECOND_MS;
/** initdb on a slow disk, or recovery after a crash. */
const DATABASE_START_MS = 5 * MINUTE_MS;
/** What Redis writes at its end is at most its limit. */
const CACHE_STOP_GRACE_MS = 10 * SECOND_MS;
/** Postgres: fast shutdown with a checkpoint. */
const DATA_STOP_GRACE_MS = MINUTE_MS;

/** What the operator says about the chain is kept; the rest follows from the link before. */
export function timeoutFigures(config: Leaves): FiguresOf<TimeoutsPlan> {
  const figures = new Figures("timeouts", { source: "timeout chain" });
  const heartbeat =
    config.find("timeouts.heartbeat") ??
    figures.ms("heartbeat", HEARTBEAT_MS, why`half of the shortest CDN's 30 s`);
  const cdn =
    config.find("timeouts.cdn") ?? figures.ms("cdn", CDN_MS, why`Cloudflare's proxy read timeout`);
  const deadline =
    config.find("timeouts.deadline") ??
    figures.ms("deadline", DEADLINE_MS, why`5 min of generation and 30 s of grace`);
  const drain =
    config.find("timeouts.drain") ??
    figures.ms("drain", deadline.value + STEP_MS, why`${deadline} + 10 s`);
  return {
    heartbeatMs: heartbeat,
    cdnMs: cdn,
    proxyReadMs:
      config.find("timeouts.proxyRead") ??
      figures.ms(
        "proxyRead",
        MISSED_HEARTBEATS * heartbeat.value,
        why`${MISSED_HEARTBEATS} x ${heartbeat}, before ${cdn} passes`,
      ),
    deadlineMs: deadline,
    drainMs: drain,
    stopGraceMs:
      config.find("timeouts.stopGrace") ??
      figures.ms("stopGrace", drain.value + STEP_MS, why`${drain} + 10 s`),
    acquireMs:
      config.find("timeouts.acquire") ??
      figures.ms("acquire", ACQUIRE_MS, why`nobody waits longer for a first byte`),
    ...fixedTimes(figures),
  };
}

function fixedTimes(figures: Figures) {
  return {
    connectMs: figures.ms("connect", CONNECT_MS, why`a handshake, one lost packet included`),
    statementMs: figures.ms("statement", STATEMENT_MS, why`longest plain request of an app`),
    databaseStartMs: figures.ms(
      "databaseStart",
      DATABASE_START_MS,
      why`initdb on a slow disk, or recovery after a crash`,
    ),
    cacheStopGraceMs: figures.ms("cacheStopGrace", CACHE_STOP_GRACE_MS, why`a last write to disk`),
    dataStopGraceMs: figures.ms("dataStopGrace", DATA_STOP_GRACE_MS, why`a shutdown checkpoint`),
  };
}
