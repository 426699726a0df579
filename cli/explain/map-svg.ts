import type { MemoryMap } from "../../core/memory-map.ts";
import { type MapCaption, mapLayout, WIDTH } from "./map-layout.ts";
import type { Bar, Label, Picture, Rule } from "./picture.ts";

/** Blue, green and orange that the colour-blind tell apart (Okabe and Ito); the dark ones are lighter. */
const STYLE = `
  svg { --back: #ffffff; --text: #1f2328; --muted: #59636e; --grid: #d1d9e0; --mark: #b3261e;
    --reserve: #7d8590; --door: #0072b2; --service: #00875f; --batch: #c77700; --headroom: #59636e; }
  @media (prefers-color-scheme: dark) {
    svg { --back: #0d1117; --text: #f0f6fc; --muted: #9198a1; --grid: #30363d; --mark: #ff8a80;
      --reserve: #8b949e; --door: #56b4e9; --service: #2fbf93; --batch: #e6a23c; --headroom: #9198a1; }
  }
  text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; fill: var(--text); }
  .title { font-weight: 600; } .muted { fill: var(--muted); } .mark { fill: var(--mark); }
  .grid { stroke: var(--grid); } line.mark { stroke: var(--mark); stroke-dasharray: 4 3; stroke-width: 1.5; }
  .pale { fill-opacity: 0.35; } .headroom { fill-opacity: 0.15; stroke: var(--headroom); }
  .reserve { fill: var(--reserve); } .door { fill: var(--door); } .service { fill: var(--service); }
  .batch { fill: var(--batch); } rect.headroom { fill: var(--headroom); }
`;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
/** A tenth of a pixel is seen by nobody, and more digits make every diff longer. */
const px = (value: number) => String(Math.round(value * 10) / 10);

function barText({ x, y, width, height, fill, tone }: Bar): string {
  return `<rect class="${fill} ${tone}" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" rx="1"/>`;
}

function ruleText({ x, top, bottom, style }: Rule): string {
  return `<line class="${style}" x1="${px(x)}" y1="${px(top)}" x2="${px(x)}" y2="${px(bottom)}"/>`;
}

function labelText({ x, y, text, size, anchor, style }: Label): string {
  return `<text class="${style}" x="${px(x)}" y="${px(y)}" font-size="${size}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

function svg({ height, labels, bars, rules }: Picture, title: string): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${px(height)}" viewBox="0 0 ${WIDTH} ${px(height)}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    '<rect width="100%" height="100%" fill="var(--back)"/>',
    ...rules.filter(({ style }) => style === "grid").map(ruleText),
    ...bars.map(barText),
    ...rules.filter(({ style }) => style === "mark").map(ruleText),
    ...labels.map(labelText),
    "</svg>",
    "",
  ].join("\n");
}

/** The memory map as an SVG of 800 pixels, for light and dark pages. */
export function mapSvg(map: MemoryMap, caption: MapCaption): string {
  return svg(mapLayout(map, caption), caption.title);
}
