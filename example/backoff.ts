const FIRST_MS = 50;
const LONGEST_MS = 3000;

/**
 * The pause before try `attempt` (0, 1, 2, ...): doubles from 50 ms to 3 s, and is cut by up to half at random
 * so that slots which lost the same server do not come back in step.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceilingMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return Math.round(ceilingMs * (1 - random() / 2));
}
