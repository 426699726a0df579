import { MIB } from "../../core/units.ts";

/** What one heavy request does in the backend: it fills `bytes` evenly over most of its time, holds them for the rest, and frees. */
export interface Work {
  readonly bytes: number;
  readonly durationMs: number;
}

/** An export: a fixed part for the query, and the rows at 30 MiB a second. */
const FIXED_MS = 600;
const BYTES_PER_MS = (30 * MIB) / 1000;

export function workOf(bytes: number): Work {
  return { bytes, durationMs: FIXED_MS + bytes / BYTES_PER_MS };
}
