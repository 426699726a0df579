import type { MemoryLine } from "../../core/memory-map.ts";

/** What is where, in pixels from the upper left corner. */
export interface Picture {
  readonly height: number;
  readonly labels: readonly Label[];
  readonly bars: readonly Bar[];
  readonly rules: readonly Rule[];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line of text. */
export interface Label {
  readonly x: number;
  /** The baseline. */
  readonly y: number;
  readonly text: string;
  readonly size: number;
  readonly anchor: "start" | "end";
  readonly style: "title" | "plain" | "muted" | "mark";
}

export interface Bar extends Box {
  readonly fill: MemoryLine["tier"] | "headroom";
  /** Protected memory is drawn full, what goes up to the limit pale. */
  readonly tone: "full" | "pale";
}

/** A vertical line. */
export interface Rule {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  readonly style: "grid" | "mark";
}

export const TEXT_SIZE = 13;
/** The widest of the usual monospaced faces, DejaVu Sans Mono, takes 0.602 of its size for each letter. */
const LETTER = 0.61;
/** Shares of the size above and below the baseline. */
const ASCENT = 0.8;
const DESCENT = 0.25;

export function plainLabel(x: number, y: number, text: string): Label {
  return { x, y, text, size: TEXT_SIZE, anchor: "start", style: "plain" };
}

export function textWidth(text: string, size = TEXT_SIZE): number {
  return [...text].length * size * LETTER;
}

/** The text, ended by `…` where it is wider than that. */
export function cut(text: string, width: number, size = TEXT_SIZE): string {
  const letters = [...text];
  const room = Math.floor(width / (size * LETTER));
  return letters.length <= room ? text : `${letters.slice(0, Math.max(0, room - 1)).join("")}…`;
}

/** What a label covers at the most. */
export function boxOf({ x, y, text, size, anchor }: Label): Box {
  const width = textWidth(text, size);
  return {
    x: anchor === "start" ? x : x - width,
    y: y - size * ASCENT,
    width,
    height: size * (ASCENT + DESCENT),
  };
}

/** Both pictures, the second under the first. */
export function stacked(upper: Picture, { labels, bars, rules, height }: Picture): Picture {
  const by = upper.height;
  return {
    height: by + height,
    labels: [...upper.labels, ...labels.map((label) => ({ ...label, y: label.y + by }))],
    bars: [...upper.bars, ...bars.map((bar) => ({ ...bar, y: bar.y + by }))],
    rules: [
      ...upper.rules,
      ...rules.map((rule) => ({ ...rule, top: rule.top + by, bottom: rule.bottom + by })),
    ],
  };
}
