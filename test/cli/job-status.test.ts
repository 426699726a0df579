import assert from "node:assert/strict";
import { test } from "node:test";
import { backupsIn } from "../../cli/backup/backups.ts";
import { jobStatuses, jobTable } from "../../cli/job-status.ts";

const NOW = Date.parse("2026-11-25T08:15:00Z");
const FOUND = [
  "backup 20261125T031500Z 20",
  "run backup 20261125T031500Z 20261125T031512Z 0",
  "run drill 20261125T041500Z 20261125T041507Z 3",
];

test("each job tells its last success, and how its last run ended", () => {
  const lines = jobTable(jobStatuses(backupsIn(FOUND), false), NOW).split("\n");
  assert.deepEqual(
    lines.map((line) => line.split(/ {2,}/)),
    [
      ["job", "last success", "last run", "took", "result"],
      ["backup", "5 h ago", "2026-11-25T03:15:00", "12 s", "succeeded"],
      ["drill", "never", "2026-11-25T04:15:00", "7 s", "failed with 3"],
    ],
  );
});

function results(lines: readonly string[], isUnderWay: boolean) {
  return jobStatuses(backupsIn(lines), isUnderWay).map(({ lastRun }) => lastRun?.result);
}

test("a run without an end is under way while its container is there, and was killed afterwards", () => {
  const lines = ["run backup 20261125T031500Z - -", "run drill 20261125T041500Z - -"];
  assert.deepEqual(results(lines, true), ["killed", "under way"]);
  assert.deepEqual(results(lines, false), ["killed", "killed"]);
  assert.deepEqual(results([], false), [undefined, undefined]);
});
