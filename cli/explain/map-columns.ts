import type { MemoryMap } from "../../core/memory-map.ts";
import { toMib } from "../../core/units.ts";
import { type MapRow, rowsOf } from "./map-row.ts";
import { textWidth } from "./picture.ts";

/** A column of numbers; they end at `right`. */
export interface NumberColumn {
  readonly head: string;
  readonly right: number;
  readonly textOf: (row: MapRow) => string;
}

/** How the width of the picture is shared out: names, bars to scale, numbers. */
export interface Columns {
  readonly left: number;
  readonly scaleLeft: number;
  readonly scaleRight: number;
  readonly numbers: readonly NumberColumn[];
  readonly serverBytes: number;
}

/** `-` for nothing: a column of zeros hides the numbers in it. */
const mib = (bytes: number) => (bytes === 0 ? "-" : String(toMib(bytes)));

const NUMBERS: readonly Omit<NumberColumn, "right">[] = [
  { head: "swap", textOf: ({ swapBytes }) => mib(swapBytes) },
  { head: "reserved", textOf: ({ reservationBytes }) => mib(reservationBytes) },
  { head: "limit", textOf: ({ limitBytes }) => mib(limitBytes) },
];

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly gap: number;
}

/** Names and numbers get what they need, the bars the rest. */
export function columnsOf(map: MemoryMap, { left, right, gap }: Frame): Columns {
  const rows = rowsOf(map);
  const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => textWidth(text)));
  const numbers: NumberColumn[] = [];
  let end = right;
  for (const { head, textOf } of NUMBERS) {
    numbers.unshift({ head, right: end, textOf });
    end -= widest([head, ...rows.map(textOf)]) + gap;
  }
  return {
    left,
    scaleLeft: left + widest(rows.map(({ who }) => who)) + gap,
    scaleRight: end,
    numbers,
    serverBytes: map.serverBytes,
  };
}

/** Where an amount of memory lies on the scale. */
export function xOf(bytes: number, { scaleLeft, scaleRight, serverBytes }: Columns): number {
  return scaleLeft + (bytes / serverBytes) * (scaleRight - scaleLeft);
}
