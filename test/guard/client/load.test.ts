import assert from "node:assert/strict";
import test from "node:test";
import { type Level, levelOf } from "../../../guard/client/load.ts";

const CASES: [connections: number, memoryShare: number | undefined, level: Level][] = [
  [59, 0.7, "normal"],
  [60, undefined, "warning"],
  [0, 0.71, "warning"],
  [74, 0.8, "warning"],
  [75, 0, "critical"],
  [0, 0.801, "critical"],
];
for (const [connections, memoryShare, level] of CASES) {
  test(`${connections} connections and ${memoryShare} of the memory are ${level}`, () => {
    assert.equal(levelOf({ connections, memoryShare }), level);
  });
}

test("limits of one's own replace the defaults, undefined ones do not", () => {
  const load = { connections: 10, memoryShare: 0 };
  assert.equal(levelOf(load, { criticalConnections: 10 }), "critical");
  assert.equal(levelOf(load, { warnConnections: undefined as unknown as number }), "normal");
});

test("without limits of one's own they are the same shares of any number of connections", () => {
  const levels = (maxConnections: number, counts: readonly number[]) =>
    counts.map((connections) => levelOf({ connections, memoryShare: 0 }, {}, maxConnections));
  assert.deepEqual(levels(40, [29, 30, 37, 38]), ["normal", "warning", "warning", "critical"]);
  assert.deepEqual(levels(1, [1]), ["warning"]);
});
