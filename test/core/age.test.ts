import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAge } from "../../core/age.ts";

const MINUTE = 60_000;

test("minutes to two hours, hours to three days, then days", () => {
  const ages = [0, 119 * MINUTE, 120 * MINUTE, 26 * 60 * MINUTE, 71.9 * 60 * MINUTE, 4320 * MINUTE];
  assert.deepEqual(ages.map(formatAge), ["0 min", "119 min", "2 h", "26 h", "71 h", "3 d"]);
});
