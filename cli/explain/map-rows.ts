import type { MemoryMap } from "../../core/memory-map.ts";
import { MIB, toMib } from "../../core/units.ts";
import { type Columns, xOf } from "./map-columns.ts";
import { type MapRow, rowsOf } from "./map-row.ts";
import { type Bar, type Label, type Picture, plainLabel, type Rule, textWidth } from "./picture.ts";

const ROW = 24;
const BASELINE = 17;
const BAR_TOP = 5;
const BAR_HEIGHT = 14;
/** Below it a bar cannot be seen. */
const BAR_MIN_WIDTH = 1.5;
const TICK_GAP = 16;
const TICK_INSET = 4;
/** Steps of the scale are powers of two from here on, as sizes of memory are. */
const SMALLEST_STEP_BYTES = 64 * MIB;

function rowLabels(row: MapRow, columns: Columns): Label[] {
  const numbers = columns.numbers.map(
    ({ right, textOf }): Label => ({
      ...plainLabel(right, BASELINE, textOf(row)),
      anchor: "end",
    }),
  );
  return [plainLabel(columns.left, BASELINE, row.who), ...numbers];
}

function rowBars(row: MapRow, columns: Columns): Bar[] {
  const x = xOf(row.startBytes, columns);
  const end = xOf(row.startBytes + row.limitBytes, columns);
  const full = xOf(row.startBytes + row.protectedBytes, columns) - x;
  const whole: Bar = {
    x,
    y: BAR_TOP,
    width: Math.max(BAR_MIN_WIDTH, end - x),
    height: BAR_HEIGHT,
    fill: row.tier,
    tone: "pale",
  };
  return full > 0 ? [whole, { ...whole, width: full, tone: "full" }] : [whole];
}

/** The rows; each begins where the one above it ends. */
export function mapRows(map: MemoryMap, columns: Columns): Picture[] {
  return rowsOf(map).map((row) => ({
    labels: rowLabels(row, columns),
    bars: rowBars(row, columns),
    rules: [],
    height: ROW,
  }));
}

function ticks(columns: Columns): number[] {
  const endText = textWidth(String(toMib(columns.serverBytes))) + TICK_GAP;
  const width = columns.scaleRight - columns.scaleLeft;
  let step = SMALLEST_STEP_BYTES;
  while ((step / columns.serverBytes) * width < endText) step *= 2;
  const count = Math.ceil(columns.serverBytes / step);
  return Array.from({ length: count }, (_, index) => index * step).filter(
    (bytes) => xOf(bytes, columns) + 2 * endText <= columns.scaleRight,
  );
}

/** The scale above the rows, in MiB, and lines down from it. */
export function mapScale(columns: Columns, bottom: number): Picture {
  const marks = ticks(columns).map((bytes) => ({ x: xOf(bytes, columns), text: toMib(bytes) }));
  const muted = (label: Label): Label => ({ ...label, style: "muted" });
  const labels = [
    plainLabel(columns.left, BASELINE, "MiB"),
    ...marks.map(({ x, text }) => plainLabel(x + TICK_INSET, BASELINE, String(text))),
    ...[
      ...columns.numbers,
      { right: columns.scaleRight - TICK_INSET, head: String(toMib(columns.serverBytes)) },
    ].map(({ right, head }): Label => ({ ...plainLabel(right, BASELINE, head), anchor: "end" })),
  ];
  const rules = [...marks, { x: columns.scaleRight }].map(
    ({ x }): Rule => ({ x, top: BAR_TOP, bottom, style: "grid" }),
  );
  return { labels: labels.map(muted), bars: [], rules, height: ROW };
}

/** The line up to which the server may be loaded. */
export function loadLine(columns: Columns, headroomShare: number, top: number): Picture {
  const bytes = columns.serverBytes * (1 - headroomShare);
  const x = xOf(bytes, columns);
  const text = `load line ${toMib(bytes)}`;
  return {
    labels: [{ ...plainLabel(x, BASELINE, text), anchor: "end", style: "mark" }],
    bars: [],
    rules: [{ x, top, bottom: BASELINE - 14, style: "mark" }],
    height: ROW,
  };
}
