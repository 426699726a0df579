import assert from "node:assert/strict";
import test from "node:test";
import { RestCurve } from "../../guard/rest-curve.ts";

const CURVE = new RestCurve([
  { bytes: 10, durationMs: 100 },
  { bytes: 40, durationMs: 400 },
]);

test("at its begin a request is like all of the past", () => {
  assert.deepEqual(CURVE.at(0), { meanBytes: 25, spreadBytes: 15 });
});

test("later only those count that lasted longer, with what they still took", () => {
  assert.deepEqual(CURVE.at(200), { meanBytes: 20, spreadBytes: 0 });
});

test("who outlasts all of the past is like the longest near its end", () => {
  const { meanBytes } = CURVE.at(10_000);
  assert.ok(meanBytes > 0 && meanBytes < 2, String(meanBytes));
});

test("without a past there is nothing to come", () => {
  assert.deepEqual(new RestCurve([]).at(5), { meanBytes: 0, spreadBytes: 0 });
});
