import { styleText } from "node:util";
import type { MemoryMap } from "../../core/memory-map.ts";
import { toMib } from "../../core/units.ts";
import { type MapRow, rowsOf } from "./map-row.ts";
import { COLUMNS } from "./wrap.ts";

/** How the chart is drawn. */
export interface ChartLook {
  /** Share of the memory that must be left, 0..1: the load line is drawn there. */
  readonly headroomShare: number;
  readonly color: boolean;
}

const FULL = "█";
const PALE = "░";
const FREE = "·";
const LOAD_LINE = "┊";
const GAP = "  ";

const COLORS = {
  reserve: "gray",
  door: "blue",
  service: "green",
  batch: "yellow",
  headroom: "gray",
} as const satisfies Record<MapRow["tier"], Parameters<typeof styleText>[0]>;

interface Scale {
  readonly cells: number;
  readonly serverBytes: number;
  /** Cell of the load line. */
  readonly mark: number;
}

/** Rounded to whole cells from the left edge, so that rows meet; a bar has at least one. */
function cellsOf(
  row: MapRow,
  { cells, serverBytes }: Scale,
): [start: number, full: number, end: number] {
  const cell = (bytes: number) => Math.round((bytes / serverBytes) * cells);
  const start = Math.min(cell(row.startBytes), cells - 1);
  const end = Math.max(start + 1, cell(row.startBytes + row.limitBytes));
  return [start, cell(row.startBytes + row.protectedBytes), end];
}

function bar(row: MapRow, scale: Scale): string {
  const [start, full, end] = cellsOf(row, scale);
  const pale = row.tier === "headroom" ? FREE : PALE;
  return Array.from({ length: scale.cells }, (_, at) => {
    if (at >= start && at < full) return FULL;
    if (at === scale.mark) return LOAD_LINE;
    return at >= start && at < end ? pale : " ";
  }).join("");
}

/** The map as bars to scale, each beginning where the one above it ends, in 80 columns. */
export function mapChart(map: MemoryMap, { headroomShare, color }: ChartLook): string {
  const rows = rowsOf(map);
  const names = Math.max(...rows.map(({ who }) => who.length));
  const numbers = String(toMib(map.serverBytes)).length;
  const cells = COLUMNS - names - numbers - 2 * GAP.length;
  const mark = Math.floor(cells * (1 - headroomShare));
  const painted = ({ tier }: MapRow, text: string) =>
    color ? styleText(COLORS[tier], text, { validateStream: false }) : text;
  const lines = rows.map((row) => {
    const limit = String(toMib(row.limitBytes)).padStart(numbers);
    const drawn = bar(row, { cells, serverBytes: map.serverBytes, mark });
    return `${row.who.padEnd(names)}${GAP}${painted(row, drawn)}${GAP}${limit}`;
  });
  const legend = `${FULL} protected  ${PALE} up to the limit  ${FREE} left  ${LOAD_LINE} load line`;
  return [...lines, "", `MiB  ${legend}`].join("\n");
}
