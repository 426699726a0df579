import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type MapCaption, mapLayout, WIDTH } from "../../../cli/explain/map-layout.ts";
import { type Box, boxOf, type Picture } from "../../../cli/explain/picture.ts";
import { MIB } from "../../../core/units.ts";
import { memoryMaps } from "./memory-maps.ts";

/** Rounding of fractions, not a visible overlap. */
const EPSILON = 1e-6;

function overlap(a: Box, b: Box): boolean {
  return (
    a.x + a.width > b.x + EPSILON &&
    b.x + b.width > a.x + EPSILON &&
    a.y + a.height > b.y + EPSILON &&
    b.y + b.height > a.y + EPSILON
  );
}

function inside({ x, y, width, height }: Box, picture: Picture): boolean {
  return (
    x >= -EPSILON &&
    y >= -EPSILON &&
    x + width <= WIDTH + EPSILON &&
    y + height <= picture.height + EPSILON
  );
}

/** What a reader would see as spoilt: each as a text. */
function flaws(picture: Picture): string[] {
  const labels = picture.labels.map((label) => ({ name: label.text, box: boxOf(label) }));
  const bars = picture.bars.map((box) => ({ name: `a bar of ${box.fill}`, box }));
  const all = [...labels, ...bars];
  const clipped = all
    .filter(({ box }) => !inside(box, picture))
    .map(({ name }) => `${name}: clipped`);
  const covered = labels.flatMap((label, at) =>
    all
      .slice(at + 1)
      .filter(({ box }) => overlap(label.box, box))
      .map(({ name }) => `${label.name}: overlaps ${name}`),
  );
  return [...clipped, ...covered];
}

const LABEL = { x: 0, y: 0, text: "a", size: 10, anchor: "start", style: "plain" } as const;

const CAPTION: MapCaption = {
  title: "production",
  facts: [["dies first", "chat"]],
  headroomShare: 0.08,
};

const caption = fc.record({
  title: fc.string({ maxLength: 120 }),
  facts: fc.array(fc.tuple(fc.string({ maxLength: 12 }), fc.string({ maxLength: 200 })), {
    maxLength: 5,
  }),
  headroomShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
});

test("nothing is clipped and no label covers anything, whatever the map", () => {
  fc.assert(
    fc.property(memoryMaps, caption, (memory, text) => {
      assert.deepEqual(flaws(mapLayout(memory, text)), []);
    }),
    { numRuns: 1000 },
  );
});

test("bars are to scale: a line of half the memory takes half of the scale, beginning where the one above ends", () => {
  const half = {
    tier: "service" as const,
    limitBytes: 512 * MIB,
    reservationBytes: 256 * MIB,
    swapBytes: 0,
    from: "",
  };
  const { bars, rules } = mapLayout(
    { serverBytes: 1024 * MIB, lines: [{ ...half, who: "a" }], headroomBytes: 512 * MIB },
    CAPTION,
  );
  const scale = rules.filter(({ style }) => style === "grid");
  const [left, right] = [scale[0]?.x ?? 0, scale.at(-1)?.x ?? 0];
  const [whole, protectedPart, headroom] = bars.slice(-3);
  const shares = [whole?.x, whole?.width, protectedPart?.width, headroom?.x].map((x = 0, at) =>
    (at === 1 || at === 2 ? x / (right - left) : (x - left) / (right - left)).toFixed(6),
  );
  assert.deepEqual(shares, ["0.000000", "0.500000", "0.250000", "0.500000"]);
});

test("the load line stands where the last 8 % begin", () => {
  const memory = { serverBytes: 1000 * MIB, lines: [], headroomBytes: 1000 * MIB };
  const { rules, labels } = mapLayout(memory, CAPTION);
  const scale = rules.filter(({ style }) => style === "grid");
  const [left, right] = [scale[0]?.x ?? 0, scale.at(-1)?.x ?? 0];
  const mark = rules.find(({ style }) => style === "mark");
  assert.equal(Math.round((((mark?.x ?? 0) - left) / (right - left)) * 1000), 920);
  assert.deepEqual(labels.at(-1)?.text, "load line 920");
});

test("a letter is reckoned no narrower than DejaVu Sans Mono draws it", () => {
  assert.ok(boxOf({ ...LABEL, text: "0123456789" }).width >= 60.2);
  assert.equal(boxOf({ ...LABEL, anchor: "end", x: 100 }).x, 100 - boxOf(LABEL).width);
});
