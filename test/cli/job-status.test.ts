import assert from "node:assert/strict";
import { test } from "node:test";
import { backupsIn } from "../../cli/backup/backups.ts";
import { backupStatuses, jobTable, noteStatuses } from "../../cli/job-status.ts";
import { notesIn } from "../../cli/jobs/notes.ts";

const NOW = Date.parse("2026-11-25T08:15:00Z");
const FOUND = [
  "backup 20261125T031500Z 20",
  "run backup 20261125T031500Z 20261125T031512Z 0",
  "run drill 20261125T041500Z 20261125T041507Z 3",
];

test("each job tells its last success, and how its last run ended", () => {
  const lines = jobTable(backupStatuses(backupsIn(FOUND), false), NOW).split("\n");
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
  return backupStatuses(backupsIn(lines), isUnderWay).map(({ lastRun }) => lastRun?.result);
}

test("a run without an end is under way while its container is there, and was killed afterwards", () => {
  const lines = ["run backup 20261125T031500Z - -", "run drill 20261125T041500Z - -"];
  assert.deepEqual(results(lines, true), ["killed", "under way"]);
  assert.deepEqual(results(lines, false), ["killed", "killed"]);
  assert.deepEqual(results([], false), [undefined, undefined]);
});

test("a job without an end that systemd has at work is under way, and without it was killed", () => {
  const notes = notesIn(
    ["prune", "certificate"],
    [
      "run prune 20261125T051500Z - -",
      "run certificate 20261125T054500Z 20261125T054503Z 3",
      "passed certificate 20261124T054500Z",
    ],
  );
  const [prune, certificate] = noteStatuses(notes, ["prune"]);
  assert.deepEqual([prune?.lastRun?.result, prune?.succeededAt], ["under way", undefined]);
  assert.deepEqual(certificate, {
    job: "certificate",
    succeededAt: "2026-11-24T05:45:00.000Z",
    lastRun: {
      ...{ startedAt: "2026-11-25T05:45:00.000Z", seconds: 3, exitCode: 3, result: "failed" },
    },
  });
  assert.equal(noteStatuses(notes, [])[0]?.lastRun?.result, "killed");
});
