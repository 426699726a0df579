import assert from "node:assert/strict";
import { test } from "node:test";
import { notesIn } from "../../../cli/jobs/notes.ts";
import { jobReadings } from "../../../cli/verify/jobs.ts";
import { isDrift } from "../../../cli/verify/reading.ts";
import { planOf } from "../../../config/environment.ts";
import { localWith } from "../../support/environments.ts";

const now = Date.parse("2026-11-25T12:00:00Z");
const HOUR = 3_600_000;
const JOBS = ["prune", "certificate"] as const;

function readings(lines: readonly string[], sinceHours = 10_000, alerts = {}) {
  const since = new Map(JOBS.map((job) => [job, now - sinceHours * HOUR]));
  const plan = planOf(localWith({ alerts }));
  return jobReadings(notesIn(JOBS, lines), plan, { since, now });
}

test("a job that passed lately is in force", () => {
  const found = readings(["passed prune 20261117T120000Z", "passed certificate 20261124T100000Z"]);
  assert.deepEqual(found.map(isDrift), [false, false]);
  assert.deepEqual(
    found.map(({ subject, setting, declared }) => [subject, setting, declared]),
    [
      ["server", "last pruning of images", "at most 8 d ago"],
      ["server", "last look for a renewed certificate", "at most 26 h ago"],
    ],
  );
});

test("one that went silent is drift, with its age", () => {
  const found = readings(["passed prune 20261101T120000Z", "passed certificate 20261124T095959Z"]);
  assert.deepEqual(
    found.map(({ live }) => live),
    ["24 d ago", "26 h ago"],
  );
});

test("one that never passed is drift, unless its timer is so young that none was due", () => {
  assert.deepEqual(
    readings([]).map(({ live }) => live),
    [undefined, undefined],
  );
  assert.deepEqual(readings([], 2).map(isDrift), [false, false]);
  assert.deepEqual(readings([], 27).map(isDrift), [false, true]);
});

test("the config's own ages count", () => {
  const found = readings([], 3, { certificateHours: 2, pruneDays: 2 });
  assert.deepEqual(
    found.map(({ declared }) => declared),
    ["at most 48 h ago", "at most 2 h ago"],
  );
  assert.deepEqual(found.map(isDrift), [false, true]);
});
