import type { Settings } from "./settings.ts";

/** More than there can ever be, and still printed as a number. */
const UNLIMITED = 1_000_000_000;

/**
 * The settings of a guard that is switched off: the same way through, with nothing that could hold a request up,
 * turn it away or end it. What is malformed is refused all the same: two readings of one request are no matter of
 * memory.
 */
export function withoutLimits(settings: Settings): Settings {
  return {
    ...settings,
    backends: settings.backends.map((each) => ({
      ...each,
      concurrency: UNLIMITED,
      streams: UNLIMITED,
    })),
    readTimeoutMs: UNLIMITED,
    stallTimeoutMs: UNLIMITED,
    maxResultBytes: 0,
    breakerFailures: UNLIMITED,
    maxRetries: 0,
    observe: true,
  };
}
