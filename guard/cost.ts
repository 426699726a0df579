import type { RestCurve } from "./rest-curve.ts";

/** What a request is expected to take, as a mean and how far single ones are from it. */
export interface Cost {
  readonly meanBytes: number;
  /** Standard deviation. */
  readonly spreadBytes: number;
  /** Nothing is known of it yet. */
  readonly isGuess?: boolean;
  /** What one of unknown size will still take at an age. */
  readonly rest?: RestCurve;
}

/**
 * Spreads above the mean that are reserved. Costs of requests add up, their spreads only by the root of the squares:
 * many small ones need less in reserve than the sum of their worst cases.
 */
export const SAFETY = 2.5;
