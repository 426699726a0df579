import assert from "node:assert/strict";
import test from "node:test";
import { Random } from "../../bench/random.ts";

/** Of the results that were published. */
test("a seed gives the numbers that it always gave", () => {
  const random = new Random(1);
  const numbers = Array.from({ length: 4 }, () => random.uniform().toFixed(9));
  assert.deepEqual(numbers, ["0.855431149", "0.545758075", "0.752047564", "0.531638972"]);
});

test("seeds differ, and each number is from 0 to below 1", () => {
  const firsts = [0, 1, 2].map((seed) => new Random(seed).uniform());
  assert.equal(new Set(firsts).size, 3);
  const random = new Random(7);
  const many = Array.from({ length: 10_000 }, () => random.uniform());
  assert.ok(Math.min(...many) >= 0 && Math.max(...many) < 1);
});
