import { DAY_MS, HOUR_MS, MINUTE_MS } from "./units.ts";

/** `12 min`, `26 h`, `8 d`: rounded down; hours up to three days, since a nightly job is counted in them. */
export function formatAge(ms: number): string {
  if (ms < 2 * HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  return ms < 3 * DAY_MS ? `${Math.floor(ms / HOUR_MS)} h` : `${Math.floor(ms / DAY_MS)} d`;
}
