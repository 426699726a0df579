import type { MemoryMap } from "../../core/memory-map.ts";
import { toMib } from "../../core/units.ts";
import { columnsOf } from "./map-columns.ts";
import { loadLine, mapRows, mapScale } from "./map-rows.ts";
import {
  type Bar,
  cut,
  type Label,
  type Picture,
  plainLabel,
  stacked,
  textWidth,
} from "./picture.ts";

/** What the picture says beside the map. */
export interface MapCaption {
  readonly title: string;
  /** Each a line: what dies first, what is left, what binds. */
  readonly facts: readonly (readonly [name: string, text: string])[];
  /** Share of the memory that must be left, 0..1: the load line is drawn there. */
  readonly headroomShare: number;
}

/** Readable beside code in a review, and not wider than a README's column. */
export const WIDTH = 800;
const MARGIN = 24;
const GAP = 16;
const TITLE_SIZE = 18;
const LINE = 20;
const SWATCH = 12;
const SWATCH_GAP = 6;
const RIGHT = WIDTH - MARGIN;

const space = (height: number): Picture => ({ labels: [], bars: [], rules: [], height });

function heading({ title, facts }: MapCaption): Picture {
  const textLeft = MARGIN + Math.max(0, ...facts.map(([name]) => textWidth(name))) + GAP;
  const lines = facts.flatMap(([name, text], index): Label[] => {
    const y = TITLE_SIZE + GAP / 2 + (index + 1) * LINE;
    return [
      { ...plainLabel(MARGIN, y, name), style: "muted" },
      plainLabel(textLeft, y, cut(text, RIGHT - textLeft)),
    ];
  });
  const shown = cut(title, RIGHT - MARGIN, TITLE_SIZE);
  const first = plainLabel(MARGIN, TITLE_SIZE, shown);
  return {
    labels: [{ ...first, size: TITLE_SIZE, style: "title" }, ...lines],
    bars: [],
    rules: [],
    height: TITLE_SIZE + GAP / 2 + facts.length * LINE + GAP,
  };
}

type Fill = Bar["fill"];
type Key = Pick<Bar, "fill" | "tone"> & { readonly text: string };

function totals({ lines, headroomBytes }: MemoryMap): [Fill, number][] {
  const tiers = new Map<Fill, number>();
  for (const { tier, limitBytes } of lines) tiers.set(tier, (tiers.get(tier) ?? 0) + limitBytes);
  return [...tiers, ["headroom", headroomBytes]];
}

function keys(map: MemoryMap): Key[] {
  const tiers = totals(map).map(
    ([fill, bytes]): Key => ({ fill, tone: "full", text: `${fill} ${toMib(bytes)}` }),
  );
  return [
    ...tiers,
    { fill: "service", tone: "full", text: "protected" },
    { fill: "service", tone: "pale", text: "up to the limit" },
  ];
}

/** What the colours mean and what each tier takes, on as many lines as that needs. */
function legend(map: MemoryMap): Picture {
  const labels: Label[] = [];
  const bars: Bar[] = [];
  let [x, y] = [MARGIN, 0];
  for (const { text, ...look } of keys(map)) {
    const width = SWATCH + SWATCH_GAP + textWidth(text);
    if (x + width > RIGHT) [x, y] = [MARGIN, y + LINE];
    bars.push({ x, y: y + 2, width: SWATCH, height: SWATCH, ...look });
    labels.push(plainLabel(x + SWATCH + SWATCH_GAP, y + SWATCH, text));
    x += width + GAP;
  }
  return { labels, bars, rules: [], height: y + LINE + GAP };
}

/** Lays the map out to scale, under what is to be known first. */
export function mapLayout(map: MemoryMap, caption: MapCaption): Picture {
  const columns = columnsOf(map, { left: MARGIN, right: RIGHT, gap: GAP });
  const rows = mapRows(map, columns).reduce(stacked);
  const parts = [
    heading(caption),
    legend(map),
    mapScale(columns, 24 + rows.height),
    rows,
    loadLine(columns, caption.headroomShare, -rows.height),
    space(MARGIN - GAP / 2),
  ];
  return parts.reduce(stacked, space(MARGIN));
}
