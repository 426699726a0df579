import type { MemoryLine } from "../memory-map.ts";
import { wholeMib } from "../units.ts";

export type SlicedTier = "door" | "service" | "batch";

/** Memory controls of one tier's slice, bytes. */
export interface SlicePlan {
  /** MemoryLow, MemoryMin for the door: without it the reservations inside protect nothing. */
  readonly lowBytes: number;
  /** MemoryHigh: above it the tier is slowed and reclaimed, never killed. */
  readonly highBytes: number;
  /** MemoryMax: the last line; the kernel kills inside the tier. */
  readonly maxBytes: number;
}

/** The tier is slowed before it is killed: from all its limits together on, up to this share of its maximum. */
const HIGH_SHARE = 0.92;

function total(lines: readonly MemoryLine[], key: "limitBytes" | "reservationBytes"): number {
  return lines.reduce((sum, line) => sum + line[key], 0);
}

function sliceOf(lines: readonly MemoryLine[]): SlicePlan {
  const highBytes = total(lines, "limitBytes");
  return {
    lowBytes: total(lines, "reservationBytes"),
    highBytes,
    maxBytes: wholeMib(highBytes / HIGH_SHARE),
  };
}

/** A slice for each tier. What a maximum has above the limits is the page cache's, which is as large or larger. */
export function slicePlans(lines: readonly MemoryLine[]): Readonly<Record<SlicedTier, SlicePlan>> {
  const of = (tier: SlicedTier) => sliceOf(lines.filter((line) => line.tier === tier));
  return { door: of("door"), service: of("service"), batch: of("batch") };
}
