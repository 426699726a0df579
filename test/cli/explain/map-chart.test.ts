import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { mapChart } from "../../../cli/explain/map-chart.ts";
import { MIB } from "../../../core/units.ts";
import { memoryMaps } from "./memory-maps.ts";

const LOOK = { headroomShare: 0.08, color: false };

const MAP = {
  serverBytes: 1000 * MIB,
  lines: [
    { ...{ who: "kernel", tier: "reserve" as const, limitBytes: 200 * MIB }, ...rest(0) },
    { ...{ who: "db", tier: "service" as const, limitBytes: 400 * MIB }, ...rest(200) },
    { ...{ who: "tiny", tier: "door" as const, limitBytes: 1 * MIB }, ...rest(0) },
  ],
  headroomBytes: 399 * MIB,
} as Parameters<typeof mapChart>[0];

function rest(reservedMib: number) {
  return { reservationBytes: reservedMib * MIB, swapBytes: 0, from: "" };
}

test("bars are to scale, begin where the one above ends, and show what is protected", () => {
  const bar = (at: number, sign: string, count: number) => " ".repeat(at) + sign.repeat(count);
  assert.deepEqual(mapChart(MAP, LOOK).split("\n"), [
    `kernel    ${bar(0, "█", 13)}${" ".repeat(45)}┊        200`,
    `db        ${bar(13, "█", 13)}${"░".repeat(12)}${" ".repeat(20)}┊        400`,
    `tiny      ${bar(38, "░", 1)}${" ".repeat(19)}┊          1`,
    `headroom  ${bar(38, "·", 20)}┊${"·".repeat(5)}   399`,
    "",
    "MiB  █ protected  ░ up to the limit  · left  ┊ load line",
  ]);
});

test("colour is added to the bars and changes nothing else", () => {
  const colored = mapChart(MAP, { ...LOOK, color: true });
  assert.notEqual(colored, mapChart(MAP, LOOK));
  assert.equal(stripVTControlCharacters(colored), mapChart(MAP, LOOK));
});

test("no line is wider than 80 columns, and every bar is seen", () => {
  fc.assert(
    fc.property(memoryMaps, (map) => {
      const lines = mapChart(map, LOOK).split("\n").slice(0, -2);
      assert.equal(lines.length, map.lines.length + 1);
      for (const line of lines) {
        assert.ok([...line].length <= 80, line);
        assert.match(line, /[█░·]/);
      }
    }),
    { numRuns: 500 },
  );
});
