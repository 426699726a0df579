import assert from "node:assert/strict";
import test from "node:test";
import { DrainRate } from "../../guard/drain-rate.ts";

test("counts only while somebody waits, and tells nothing within the first second", () => {
  const rate = new DrainRate();
  rate.add(500);
  rate.start(0);
  rate.add(2_000);
  assert.equal(rate.perMs(999), undefined);
  assert.equal(rate.perMs(1_000), 2);
  rate.stop();
  assert.equal(rate.perMs(2_000), undefined);
});

test("forgets what is long ago", () => {
  const rate = new DrainRate();
  rate.start(0);
  rate.add(4_000);
  rate.start(5_000);
  assert.equal(rate.perMs(5_000), 0.8);
  // A longer window would still tell 0.5.
  rate.start(7_000);
  assert.equal(rate.perMs(7_000), 1_000 / 2_250);
});
