import assert from "node:assert/strict";
import test from "node:test";
import { Decisions } from "../../guard/decisions.ts";
import { askOf } from "./support.ts";

test("keeps the last fifty, the newest last", () => {
  const decisions = new Decisions();
  for (let count = 0; count < 60; count += 1) {
    const ask = askOf({ cost: { meanBytes: count, spreadBytes: 0 } });
    decisions.add(ask, { verdict: "admitted", backend: "a", binding: "none" });
  }
  const costs = decisions.last.map(({ costBytes }) => costBytes);
  assert.deepEqual([costs.length, costs[0], costs.at(-1)], [50, 10, 59]);
});
