import type { Cost } from "./cost.ts";

/** The last requests of a route that its cost is computed from. */
const WINDOW_SAMPLES = 64;
/** Fewer say nothing yet: the estimate stays what was configured. */
const MIN_SAMPLES = 8;
/** Spread of ratios that is assumed at least: a size that is told leaves less open than none. */
const MIN_SPREAD_TOLD = 0.05;
const MIN_SPREAD_UNTOLD = 0.25;
/** Until there are samples, a size that is told is taken to be right to about this much. */
const COLD_SPREAD_TOLD = 0.15;
/** After a death the requests that were under way are taken to cost this much more, up to a bound. */
const PENALTY_STEP = 2;
const PENALTY_MAX = 8;
/** Of the penalty above 1 that is left after each request that did no harm. */
const PENALTY_KEPT = 0.9;

export interface RouteCostState {
  readonly ratios: readonly number[];
  readonly durationMs: number;
}

/**
 * What requests of one route cost, as a ratio to what they are expected to: mean and spread of the last ones. Starts at
 * what was configured; growth of requests under way raises it at once.
 */
export class RouteCosts {
  readonly #isTold: boolean;
  readonly #ratios: number[];
  #penalty = 1;
  #floor = 0;
  #durationMs: number;

  /** @param isTold whether requests of this route say how large they are. */
  constructor(isTold: boolean, state: RouteCostState = { ratios: [], durationMs: 0 }) {
    this.#isTold = isTold;
    this.#ratios = [...state.ratios];
    this.#durationMs = state.durationMs;
  }

  get samples(): number {
    return this.#ratios.length;
  }

  get state(): RouteCostState {
    return { ratios: this.#ratios, durationMs: this.#durationMs };
  }

  /** How long a request usually takes; 0 before the first. */
  get durationMs(): number {
    return this.#durationMs;
  }

  /** @param expectedBytes what a request of this size was configured to cost. */
  estimate(expectedBytes: number): Cost {
    const { mean, spread } = this.#statistics();
    const scale = expectedBytes * this.#penalty;
    return { meanBytes: scale * Math.max(mean, this.#floor), spreadBytes: scale * spread };
  }

  learn(ratio: number, durationMs: number): void {
    this.#ratios.push(Math.max(0, ratio));
    if (this.#ratios.length > WINDOW_SAMPLES) this.#ratios.shift();
    this.#penalty = 1 + (this.#penalty - 1) * PENALTY_KEPT;
    this.#floor *= PENALTY_KEPT;
    const weight = 1 / Math.min(this.#ratios.length, MIN_SAMPLES);
    this.#durationMs += (durationMs - this.#durationMs) * weight;
  }

  /** Those under way already show that it is more. */
  raise(ratio: number): void {
    this.#floor = Math.max(this.#floor, ratio);
  }

  /** The backend died under one of them. */
  punish(): void {
    this.#penalty = Math.min(PENALTY_MAX, this.#penalty * PENALTY_STEP);
  }

  #statistics(): { mean: number; spread: number } {
    const count = this.#ratios.length;
    if (count < MIN_SAMPLES) return { mean: 1, spread: this.#isTold ? COLD_SPREAD_TOLD : 0 };
    const mean = this.#ratios.reduce((sum, each) => sum + each, 0) / count;
    const squares = this.#ratios.reduce((sum, each) => sum + (each - mean) ** 2, 0);
    const least = mean * (this.#isTold ? MIN_SPREAD_TOLD : MIN_SPREAD_UNTOLD);
    // Few samples seldom hold the largest ones.
    const doubt = 1 + 1 / Math.sqrt(count);
    return { mean, spread: Math.max(least, Math.sqrt(squares / count) * doubt) };
  }
}
