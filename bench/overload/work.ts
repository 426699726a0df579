import { MIB } from "../../core/units.ts";

/** What one heavy request does in the backend: it fills `bytes` evenly over most of its time, holds them, and frees. */
export interface Work {
  readonly bytes: number;
  readonly durationMs: number;
}

/** An export: a fixed part for the query, and the rows at 30 MiB a second. */
const FIXED_MS = 600;
const BYTES_PER_MS = (30 * MIB) / 1000;
const FILL_SHARE = 0.8;

export function workOf(bytes: number): Work {
  return { bytes, durationMs: FIXED_MS + bytes / BYTES_PER_MS };
}

/** Bytes that the request holds after a time. */
export function heldBytes({ bytes, durationMs }: Work, elapsedMs: number): number {
  if (elapsedMs < 0 || elapsedMs >= durationMs) return 0;
  return bytes * Math.min(1, elapsedMs / (durationMs * FILL_SHARE));
}
