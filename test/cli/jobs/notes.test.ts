import assert from "node:assert/strict";
import { test } from "node:test";
import { notesIn } from "../../../cli/jobs/notes.ts";

const LINES = [
  "run certificate 20261125T054500Z 20261125T054503Z 0",
  "run prune 20261122T051500Z - -",
  "passed certificate 20261125T054503Z",
];

test("each job that is asked for has its last run and its last success, or none", () => {
  const [prune, certificate, ...others] = notesIn(["prune", "certificate"], LINES);
  assert.deepEqual(others, []);
  assert.deepEqual(prune, {
    ...{ job: "prune", passedAt: undefined },
    lastRun: {
      ...{ startedAt: new Date("2026-11-22T05:15:00Z"), endedAt: undefined, exitCode: undefined },
    },
  });
  assert.deepEqual(certificate?.passedAt, new Date("2026-11-25T05:45:03Z"));
  assert.equal(certificate?.lastRun?.exitCode, 0);
  assert.deepEqual(notesIn(["prune"], []), [
    { job: "prune", passedAt: undefined, lastRun: undefined },
  ]);
});
