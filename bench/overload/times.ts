import { SECOND_MS } from "../../core/units.ts";

/** A run: light requests alone, little heavy load, the load, little heavy load. */
export interface Times {
  readonly warmFromMs: number;
  readonly loadFromMs: number;
  readonly loadToMs: number;
  readonly endMs: number;
}

export const PROFILE_TIMES = {
  calmMs: 2 * SECOND_MS,
  warmMs: 3 * SECOND_MS,
  tailMs: 5 * SECOND_MS,
  warmLoad: 0.4,
  /** Low enough to fit at once, so that what is refused here is refused without need. */
  tailLoad: 0.25,
};

export function timesOf(loadMs: number): Times {
  const { calmMs, warmMs, tailMs } = PROFILE_TIMES;
  const loadFromMs = calmMs + warmMs;
  return {
    warmFromMs: calmMs,
    loadFromMs,
    loadToMs: loadFromMs + loadMs,
    endMs: loadFromMs + loadMs + tailMs,
  };
}
