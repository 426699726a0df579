export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Whole MiB, rounded down: what Docker, Postgres and V8 are told. */
export function toMib(bytes: number): number {
  return Math.floor(bytes / MIB);
}

/** `320 MiB`, `1.9 GiB` is never used: one unit makes columns comparable. */
export function formatMib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}

/** Rounds down to whole MiB, so that every layer is told the same number. */
export function wholeMib(bytes: number): number {
  return toMib(bytes) * MIB;
}
