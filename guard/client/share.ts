export interface Processes {
  /** Processes that share the limit, 1 or more. */
  readonly count: number;
  /** Which of them this is, from 0. */
  readonly index: number;
}

/**
 * This process' part of a limit that holds for all of them together. The parts sum to the limit exactly: the first
 * processes take what does not divide.
 * @throws RangeError when a process would get nothing, or its index is none of theirs.
 */
export function shareOf(limit: number, { count, index }: Processes): number {
  if (!Number.isInteger(limit) || !(limit >= count)) {
    throw new RangeError(
      `limit: must be a whole number with 1 for each of ${count} processes, got ${limit}; raise it or run fewer`,
    );
  }
  if (!(count >= 1 && Number.isInteger(index) && index >= 0 && index < count)) {
    throw new RangeError(`index: must be one of ${count} processes from 0, got ${index}`);
  }
  return Math.floor(limit / count) + (index < limit % count ? 1 : 0);
}

/** Limits of all processes together, and their defaults for one small server. */
export const LIMITS = { MAX_CONCURRENT_REQUESTS: 100, LLM_CONCURRENT_LIMIT: 20 } as const;
const MAX_LIMIT = 100_000;

/**
 * This process' share of MAX_CONCURRENT_REQUESTS or LLM_CONCURRENT_LIMIT; an empty variable counts as absent.
 * @throws RangeError when it is no whole number from 1 to 100 000, or too small to share.
 */
export function limitFromEnvironment(
  name: keyof typeof LIMITS,
  processes: Processes,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): number {
  const text = environment[name] || String(LIMITS[name]);
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(limit >= 1 && limit <= MAX_LIMIT)) {
    const range = `a whole number of requests from 1 to ${MAX_LIMIT}`;
    throw new RangeError(
      `${name}: must be ${range}, got "${text}"; leave it out for ${LIMITS[name]}`,
    );
  }
  return shareOf(limit, processes);
}
