import type { Cost } from "./cost.ts";
import { RestCurve } from "./rest-curve.ts";

/** The last requests of a route that its cost is computed from. */
const WINDOW_SAMPLES = 64;
/** Of a full window, the new ones after which it is looked at again. */
const NEWS = 8;
/** Fewer say little: until then the largest one counts, and before the first what was configured. */
const MIN_SAMPLES = 8;
/** Times that a size which is told counts until there are samples: too high costs a second, too low a death. */
const COLD_MEAN_TOLD = 2;
/** Spread, as a share of the mean, while there are few samples. */
const COLD_SPREAD = 0.5;
/** Spread that is assumed at least. */
const MIN_SPREAD_TOLD = 0.05;
const MIN_SPREAD = 0.25;
/** Standard deviations in the median of the absolute ones, where errors are normal. */
const NORMAL_DEVIATIONS = 1.4826;
/** After a death the requests that were under way are taken to cost this much more, up to a bound. */
const PENALTY_STEP = 2;
const PENALTY_MAX = 8;
/** Of the penalty above 1 that is left after each request that did no harm. */
const PENALTY_KEPT = 0.9;

/** What one request was configured to cost, what it did, and how long it took. */
export interface CostSample {
  readonly expectedBytes: number;
  readonly actualBytes: number;
  readonly durationMs: number;
  /** It was answered with an error. */
  readonly isError?: boolean;
}

/** Per byte that was expected. */
interface Ratio {
  readonly mean: number;
  readonly spread: number;
  readonly rest?: RestCurve;
  readonly isGuess?: boolean;
}

/**
 * What requests of one route cost, learned from the last ones. Starts at what was configured; growth of requests under
 * way raises it at once.
 */
export class RouteCosts {
  readonly #isTold: boolean;
  #samples: CostSample[];
  #ratio: Ratio | undefined;
  /** Samples that it does not know of yet. */
  #news = 0;
  #estimate: Cost | undefined;
  #estimatedFor = 0;
  #penalty = 1;
  #floor = 0;

  /**
   * @param isTold whether requests of this route say how large they are.
   * @param past what was learned in another life of the program.
   */
  constructor(isTold: boolean, past: readonly CostSample[] = []) {
    this.#isTold = isTold;
    this.#samples = [...past];
    this.doubt();
  }

  get samples(): readonly CostSample[] {
    return this.#samples;
  }

  /** How long the longest of the last requests took; 0 before the first. */
  get longestMs(): number {
    return Math.max(0, ...this.#samples.map(({ durationMs }) => durationMs));
  }

  /** @param expectedBytes what a request of this size was configured to cost. */
  estimate(expectedBytes: number): Cost {
    // Asked for several times for each request.
    if (this.#estimate === undefined || this.#estimatedFor !== expectedBytes) {
      this.#estimate = this.#computeEstimate(expectedBytes);
      this.#estimatedFor = expectedBytes;
    }
    return this.#estimate;
  }

  #computeEstimate(expectedBytes: number): Cost {
    this.#ratio ??= this.#compute();
    const { mean, spread, rest, isGuess } = this.#ratio;
    const scale = expectedBytes * this.#penalty;
    const isRaised = this.#penalty > 1 || this.#floor > mean;
    const seen = this.#samples.length;
    const isTrial = !this.#isTold && seen < WINDOW_SAMPLES;
    return {
      meanBytes: scale * Math.max(mean, this.#floor),
      spreadBytes: scale * spread,
      ...(isGuess && { isGuess }),
      ...(isTrial && { trial: { seen, configuredBytes: expectedBytes } }),
      // The past says nothing of one that is worse than it.
      ...(rest !== undefined && !isRaised && { rest }),
    };
  }

  /** The same without any caution. */
  likelyBytes(expectedBytes: number): number {
    this.#ratio ??= this.#compute();
    return expectedBytes * (this.#samples.length < MIN_SAMPLES ? 1 : this.#ratio.mean);
  }

  /** A flood of cheap errors must not make the others look cheap: errors count only as long as there is nothing else. */
  learn(sample: CostSample): void {
    const [first] = this.#samples;
    if (sample.isError && first !== undefined && !first.isError) return;
    if (!sample.isError && first?.isError) this.#samples = [];
    this.#samples.push(sample);
    if (this.#samples.length > WINDOW_SAMPLES) this.#samples.shift();
    this.#penalty = 1 + (this.#penalty - 1) * PENALTY_KEPT;
    if (this.#penalty < 1.01) this.#penalty = 1;
    this.#floor *= PENALTY_KEPT;
    this.#estimate = undefined;
    this.#news += 1;
    // One of a full window changes little.
    if (this.#samples.length < WINDOW_SAMPLES || this.#news >= NEWS) this.#forget();
  }

  #forget(): void {
    this.#news = 0;
    this.#ratio = undefined;
    this.#estimate = undefined;
  }

  /** Those under way already show that it is more. */
  raise(ratio: number): void {
    // Of unequal requests the large ones are under way longest: they alone prove nothing.
    if (!this.#isTold && this.#samples.length >= MIN_SAMPLES) return;
    this.#floor = Math.max(this.#floor, ratio);
    this.#estimate = undefined;
  }

  /**
   * The program behind it was started anew, perhaps in another version. The largest of what was learned is kept, and is
   * too little to be sure of: the next requests decide.
   */
  doubt(): void {
    const largestFirst = this.#samples.toSorted(
      (a, b) => b.actualBytes / b.expectedBytes - a.actualBytes / a.expectedBytes,
    );
    this.#samples = largestFirst.slice(0, MIN_SAMPLES - 1);
    this.#forget();
  }

  /** The backend died under one of them. */
  punish(): void {
    this.#penalty = Math.min(PENALTY_MAX, this.#penalty * PENALTY_STEP);
    this.#estimate = undefined;
  }

  #compute(): Ratio {
    const count = this.#samples.length;
    if (count < MIN_SAMPLES) return this.#cold();
    const expected = sum(this.#samples, (each) => each.expectedBytes);
    // By bytes: the growth of a small request is lost in that of the others.
    const mean = sum(this.#samples, (each) => each.actualBytes) / expected;
    // Few samples seldom hold the largest ones.
    const doubt = 1 + 1 / Math.sqrt(count);
    const least = mean * (this.#isTold ? MIN_SPREAD_TOLD : MIN_SPREAD);
    const found = this.#isTold ? this.#usualError(mean) : this.#deviation(mean, expected);
    const spread = Math.max(least, found * doubt);
    return { mean, spread, ...(!this.#isTold && { rest: this.#restCurve() }) };
  }

  #deviation(mean: number, expected: number): number {
    const squares = sum(
      this.#samples,
      (each) => each.expectedBytes * (each.actualBytes / each.expectedBytes - mean) ** 2,
    );
    return Math.sqrt(squares / expected);
  }

  /**
   * Of sizes that are told, the largest errors are those of our measuring: the median leaves them out. By bytes, as what is
   * measured of a small request is mostly others'.
   */
  #usualError(mean: number): number {
    const errors = this.#samples.map(({ actualBytes, expectedBytes }) => ({
      error: Math.abs(actualBytes / expectedBytes - mean),
      expectedBytes,
    }));
    errors.sort((a, b) => a.error - b.error);
    let left = sum(this.#samples, (each) => each.expectedBytes) / 2;
    for (const { error, expectedBytes } of errors) {
      left -= expectedBytes;
      if (left <= 0) return NORMAL_DEVIATIONS * error;
    }
    return 0;
  }

  #cold(): Ratio {
    if (this.#isTold) return { mean: COLD_MEAN_TOLD, spread: 0 };
    if (this.#samples.length === 0) return { mean: 1, spread: 0, isGuess: true };
    const ratios = this.#samples.map(
      ({ actualBytes, expectedBytes }) => actualBytes / expectedBytes,
    );
    const largest = Math.max(...ratios);
    return { mean: largest, spread: largest * COLD_SPREAD, isGuess: true };
  }

  #restCurve(): RestCurve {
    return new RestCurve(
      this.#samples.map(({ actualBytes, durationMs }) => ({ bytes: actualBytes, durationMs })),
    );
  }
}

function sum(samples: readonly CostSample[], read: (sample: CostSample) => number): number {
  return samples.reduce((total, each) => total + read(each), 0);
}
