import type { Cost } from "./cost.ts";

/** One request of the past. */
export interface PastRequest {
  readonly bytes: number;
  readonly durationMs: number;
}

/** Ages that are told apart, up to the longest request. */
const STEPS = 24;

/**
 * What a request that is still under way at some age will still take: of those in the past that lasted longer, the part
 * of their bytes that came after it. Memory is taken to grow evenly, which is wrong in both directions for single ones.
 */
export class RestCurve {
  readonly #stepMs: number;
  readonly #rests: readonly Cost[];

  constructor(past: readonly PastRequest[]) {
    const longestMs = Math.max(1, ...past.map(({ durationMs }) => durationMs));
    this.#stepMs = longestMs / STEPS;
    this.#rests = Array.from({ length: STEPS }, (_, step) => restAt(past, step * this.#stepMs));
  }

  /** Who outlasts all of the past is taken to be like the longest of it. */
  at(ageMs: number): Cost {
    const step = Math.min(STEPS - 1, Math.max(0, Math.floor(ageMs / this.#stepMs)));
    return this.#rests[step] as Cost;
  }
}

function restAt(past: readonly PastRequest[], ageMs: number): Cost {
  const rests = past
    .filter(({ durationMs }) => durationMs > ageMs)
    .map(({ bytes, durationMs }) => bytes * (1 - ageMs / durationMs));
  const meanBytes = sum(rests) / Math.max(1, rests.length);
  const variance = sum(rests.map((rest) => (rest - meanBytes) ** 2)) / Math.max(1, rests.length);
  return { meanBytes, spreadBytes: Math.sqrt(variance) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
