import type { RestCurve } from "./rest-curve.ts";

/** What a request is expected to take, as a mean and how far single ones are from it. */
export interface Cost {
  readonly meanBytes: number;
  /** Standard deviation. */
  readonly spreadBytes: number;
  /** Little is known of it yet. */
  readonly isGuess?: boolean;
  /** How far it may be gone by while there are few. */
  readonly trial?: Trial;
  /** What one of unknown size will still take at an age. */
  readonly rest?: RestCurve;
}

/** As many may be under way by what was learned as have been seen to end; those beyond are taken to cost what was configured. */
export interface Trial {
  readonly seen: number;
  readonly configuredBytes: number;
}

/**
 * Spreads above the mean that are reserved. Costs of requests add up, their spreads only by the root of the squares:
 * many small ones need less in reserve than the sum of their worst cases.
 */
export const SAFETY = 2.5;
