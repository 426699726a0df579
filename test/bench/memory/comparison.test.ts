import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "../../../bench/memory/comparison.ts";
import type { MemoryLine } from "../../../core/memory-map.ts";

const MIB = 1_048_576;
const line = (who: string, container?: string): MemoryLine => ({
  who,
  tier: "service",
  limitBytes: 96 * MIB,
  reservationBytes: 0,
  swapBytes: 0,
  from: "",
  ...(container && { container }),
});
const held = (mib: number) => ({
  useBytes: mib * MIB,
  workingSetBytes: (mib + 1) * MIB,
  peakBytes: (mib + 2) * MIB,
});
const use = (who: string, idle: number, loaded: number) => ({
  who,
  idleBytes: idle * MIB,
  loadedBytes: loaded * MIB,
  from: "",
});

test("a line is off where it is more than a quarter away, above or below", () => {
  const rows = compare({
    lines: [line("kernel"), line("redis", "t-local-redis"), line("system")],
    uses: [use("kernel", 100, 100), use("redis", 40, 60), use("system", 100, 100)],
    idle: new Map([
      ["kernel", held(75)],
      ["t-local-redis", held(28)],
      ["system", held(100)],
    ]),
    loaded: new Map([
      ["kernel", held(125)],
      ["t-local-redis", held(76)],
      ["system", held(126)],
    ]),
  });
  assert.deepEqual(
    rows.map(({ who, off }) => [who, off]),
    [
      ["kernel", ""],
      ["redis", "idle, loaded"],
      ["system", "loaded"],
    ],
  );
  assert.deepEqual(rows[1], {
    who: "redis",
    limit: 96,
    idle: "40 / 28 (-30 %)",
    loaded: "60 / 76 (+27 %)",
    off: "idle, loaded",
    workingSet: 77,
    peak: 78,
  });
});

test("a few dozen pages of a small line decide nothing", () => {
  const sample = new Map([["t-local-redis", held(6)]]);
  const [row] = compare({
    lines: [line("redis", "t-local-redis")],
    uses: [use("redis", 4, 4)],
    idle: sample,
    loaded: sample,
  });
  assert.equal(row?.off, "");
});

test("a line that was not measured has no row", () => {
  assert.deepEqual(
    compare({
      lines: [line("batch")],
      uses: [],
      idle: new Map(),
      loaded: new Map(),
    }),
    [],
  );
});
