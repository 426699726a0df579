import { LAST_LEVEL } from "./share.ts";

/** Fine enough that a step moves no limit by more than 1 MiB below 8 GB. */
const STEPS = 2 ** 14;

/**
 * The highest level that fits; 0 where none does.
 *
 * Every limit is a function of the level alone, and no function falls. So a server with more memory, which every
 * level fits that fitted before, never gives any service less: no rounding and no remainder can break that.
 */
export function highestLevel(fits: (level: number) => boolean): number {
  let low = 0;
  let high = LAST_LEVEL * STEPS;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle / STEPS)) low = middle;
    else high = middle - 1;
  }
  return low / STEPS;
}
