import fc from "fast-check";
import type { MemoryLine, MemoryMap } from "../../../core/memory-map.ts";
import { MIB } from "../../../core/units.ts";

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,34}$/);
const line = fc.record({
  who: name,
  tier: fc.constantFrom<MemoryLine["tier"]>("reserve", "door", "service", "batch"),
  limitShare: fc.double({ min: 0, max: 1, noNaN: true }),
  reservedShare: fc.double({ min: 0, max: 1, noNaN: true }),
  swapMib: fc.integer({ min: 0, max: 2048 }),
});

/** Servers from 512 MiB to the largest for hire, whose lines take any part of it. */
export const memoryMaps = fc
  .record({
    serverMib: fc.oneof(
      fc.integer({ min: 512, max: 65_536 }),
      fc.integer({ min: 65_536, max: 24 * 1024 * 1024 }),
    ),
    lines: fc.array(line, { minLength: 1, maxLength: 40 }),
  })
  .map(({ serverMib, lines }): MemoryMap => {
    const serverBytes = serverMib * MIB;
    const sold = lines.map(({ limitShare, reservedShare, swapMib, who, tier }) => {
      const limitBytes = Math.floor((limitShare * serverBytes) / lines.length);
      const reservationBytes = Math.floor(limitBytes * reservedShare);
      return { who, tier, limitBytes, reservationBytes, swapBytes: swapMib * MIB, from: "" };
    });
    const usedBytes = sold.reduce((sum, { limitBytes }) => sum + limitBytes, 0);
    return { serverBytes, lines: sold, headroomBytes: serverBytes - usedBytes };
  });
