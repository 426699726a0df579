import assert from "node:assert/strict";
import test from "node:test";
import { memoryHintBytes, withoutMemoryHint } from "../../guard/memory-hint.ts";

test("reads the memory metric of Server-Timing, in MiB", () => {
  assert.equal(memoryHintBytes(["Server-Timing", "mem;dur=12.5"]), 13_107_200);
  assert.equal(memoryHintBytes(["server-timing", 'db;dur=3, mem;desc="peak";dur=40']), 41_943_040);
});

const NO_HINTS = [
  "db;dur=3",
  "mem",
  "mem;dur=-1",
  "mem;dur=1e9",
  "mem;dur=9999999999",
  "memory;dur=3",
];
for (const value of NO_HINTS) {
  test(`"${value}" tells nothing of memory`, () => {
    assert.equal(memoryHintBytes(["Server-Timing", value]), undefined);
  });
}

test("the client sees the other metrics, and no header where there is none", () => {
  assert.deepEqual(
    withoutMemoryHint([
      "A",
      "b",
      "Server-Timing",
      "mem;dur=1",
      "Server-Timing",
      "db;dur=3, mem;dur=2",
    ]),
    ["A", "b", "Server-Timing", "db;dur=3"],
  );
});
