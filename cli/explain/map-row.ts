import type { MemoryLine, MemoryMap } from "../../core/memory-map.ts";

/** A line of the map as it is drawn: below the one above it, and beginning where that ends. */
export interface MapRow {
  readonly who: string;
  readonly tier: MemoryLine["tier"] | "headroom";
  readonly startBytes: number;
  readonly limitBytes: number;
  readonly reservationBytes: number;
  readonly swapBytes: number;
  /** What is not taken back under pressure: the reservation, and all that the kernel and the engine hold. */
  readonly protectedBytes: number;
}

type Drawn = Omit<MapRow, "startBytes" | "protectedBytes">;

function protectedBytes({ tier, limitBytes, reservationBytes }: Drawn): number {
  return tier === "reserve" ? limitBytes : Math.min(reservationBytes, limitBytes);
}

/** The lines of the map; the last is what is left. */
export function rowsOf({ lines, headroomBytes }: MemoryMap): MapRow[] {
  const left: Drawn = {
    who: "headroom",
    tier: "headroom",
    limitBytes: headroomBytes,
    reservationBytes: 0,
    swapBytes: 0,
  };
  let startBytes = 0;
  return [...lines, left].map((row: Drawn) => {
    const { who, tier, limitBytes, reservationBytes, swapBytes } = row;
    const start = startBytes;
    startBytes += limitBytes;
    return {
      ...{ who, tier, limitBytes, reservationBytes, swapBytes },
      startBytes: start,
      protectedBytes: protectedBytes(row),
    };
  });
}
