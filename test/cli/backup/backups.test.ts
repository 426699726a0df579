import assert from "node:assert/strict";
import { test } from "node:test";
import { backupsIn, lastSuccess } from "../../../cli/backup/backups.ts";
import { secondsOf } from "../../../cli/jobs/last-run.ts";

const LINES = [
  "backup 20261123T031500Z 20",
  "backup 20261124T031507Z 2048",
  "drilled 20261122T041510Z",
  "run backup 20261125T031500Z 20261125T031512Z 3",
  "run drill 20261125T041500Z - -",
];

test("the lines tell the backups, the last drill that passed and how each job last went", () => {
  const found = backupsIn(LINES);
  assert.deepEqual(found.backups, [
    { name: "20261123T031500Z", sizeBytes: 20_480 },
    { name: "20261124T031507Z", sizeBytes: 2_097_152 },
  ]);
  assert.equal(found.drilledAt, "20261122T041510Z");
  const { backup, drill } = found.lastRuns;
  assert.ok(backup && drill);
  assert.deepEqual([secondsOf(backup), backup.exitCode], [12, 3]);
  assert.deepEqual([secondsOf(drill), drill.exitCode], [undefined, undefined]);
});

test("a job that failed since does not make its last success any younger", () => {
  const found = backupsIn(LINES);
  assert.equal(lastSuccess(found, "backup")?.toISOString(), "2026-11-24T03:15:07.000Z");
  assert.equal(lastSuccess(found, "drill")?.toISOString(), "2026-11-22T04:15:10.000Z");
  assert.equal(lastSuccess(backupsIn([]), "backup"), undefined);
});
