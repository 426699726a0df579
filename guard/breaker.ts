export interface BreakerLimits {
  /** Failures in a row that open it. */
  readonly breakerFailures: number;
  /** Probes in a row that must succeed to close it. */
  readonly breakerSuccesses: number;
  /** How long it stays open; up to a fifth more or less, so that breakers do not probe in step. */
  readonly breakerResetMs: number;
}

export const BREAKER_STATES = ["closed", "half_open", "open"] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

/** Spread of the reset time. */
const JITTER_SHARE = 0.2;

/**
 * Leaves a backend alone that fails again and again. After the reset time one request at a time is let through as
 * a probe. Numbers in, verdict out: the caller says what counts as a failure, and what time it is.
 */
export class Breaker {
  readonly #random: () => number;
  #limits: BreakerLimits;
  /** In a row: failures while closed, successes of probes while open. */
  #run = 0;
  #openUntilMs: number | undefined;
  #isProbing = false;

  constructor(limits: BreakerLimits, random: () => number = Math.random) {
    this.#limits = limits;
    this.#random = random;
  }

  configure(limits: BreakerLimits): void {
    this.#limits = limits;
  }

  /** When the next probe may go; undefined while closed. */
  get openUntilMs(): number | undefined {
    return this.#openUntilMs;
  }

  state(nowMs: number): BreakerState {
    if (this.#openUntilMs === undefined) return "closed";
    return nowMs < this.#openUntilMs ? "open" : "half_open";
  }

  allows(nowMs: number): boolean {
    const state = this.state(nowMs);
    return state === "closed" || (state === "half_open" && !this.#isProbing);
  }

  /** A call begins that `allows` has let in. */
  begin(): Call {
    const isProbe = this.#openUntilMs !== undefined;
    if (isProbe) this.#isProbing = true;
    return new Call((end, nowMs) => (isProbe ? this.#probed(end, nowMs) : this.#ended(end, nowMs)));
  }

  /** There is evidence that the backend has come back: probe it now. */
  probeNow(nowMs: number): void {
    if (this.#openUntilMs !== undefined) this.#openUntilMs = nowMs;
  }

  #ended(end: CallEnd, nowMs: number): void {
    // What began before it opened says nothing new.
    if (this.#openUntilMs !== undefined || end === "abandoned") return;
    this.#run = end === "failed" ? this.#run + 1 : 0;
    if (this.#run >= this.#limits.breakerFailures) this.#open(nowMs);
  }

  #probed(end: CallEnd, nowMs: number): void {
    this.#isProbing = false;
    if (end === "failed") this.#open(nowMs);
    if (end === "succeeded") this.#run += 1;
    if (this.#run < this.#limits.breakerSuccesses) return;
    this.#openUntilMs = undefined;
    this.#run = 0;
  }

  #open(nowMs: number): void {
    const spread = 1 + JITTER_SHARE * (2 * this.#random() - 1);
    this.#openUntilMs = nowMs + this.#limits.breakerResetMs * spread;
    this.#run = 0;
  }
}

type CallEnd = "succeeded" | "failed" | "abandoned";

/** One request at a backend, as its breaker sees it: only the first verdict counts. */
export class Call {
  #settle: ((end: CallEnd, nowMs: number) => void) | undefined;

  constructor(settle: (end: CallEnd, nowMs: number) => void) {
    this.#settle = settle;
  }

  end(end: CallEnd, nowMs: number): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(end, nowMs);
  }
}
