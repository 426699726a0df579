import assert from "node:assert/strict";
import { test } from "node:test";
import { runIn, secondsOf, timeOf } from "../../../cli/jobs/last-run.ts";

test("a stamp is a time in UTC", () => {
  assert.equal(timeOf("20261124T031507Z").toISOString(), "2026-11-24T03:15:07.000Z");
});

test("a run tells how long it took and how it ended, and one without an end neither", () => {
  const [job, run] = runIn("prune 20261125T031500Z 20261125T031512Z 3");
  assert.deepEqual([job, secondsOf(run), run.exitCode], ["prune", 12, 3]);
  const [, killed] = runIn("prune 20261125T031500Z - -");
  assert.deepEqual([secondsOf(killed), killed.exitCode], [undefined, undefined]);
});
