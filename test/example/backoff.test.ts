import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs } from "../../example/backoff.ts";

test("the pause doubles up to 3 s", () => {
  const pauses = [0, 1, 2, 5, 6, 7, 2000].map((attempt) => backoffMs(attempt, () => 0));
  assert.deepEqual(pauses, [50, 100, 200, 1600, 3000, 3000, 3000]);
});

test("chance cuts it by up to half", () => {
  assert.equal(
    backoffMs(6, () => 1),
    1500,
  );
});
