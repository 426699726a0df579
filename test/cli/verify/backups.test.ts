import assert from "node:assert/strict";
import { test } from "node:test";
import { backupsIn } from "../../../cli/backup/backups.ts";
import { ageReadings, declaredAges } from "../../../cli/verify/backups.ts";
import { isDrift } from "../../../cli/verify/reading.ts";
import { planOf } from "../../../config/environment.ts";
import { localWith } from "../../support/environments.ts";

const HOUR = 3_600_000;
const now = Date.parse("2026-11-25T12:00:00Z");
const target = "ssh://root@203.0.113.10";
const BOTH = [
  { job: "backup", maxAgeMs: 26 * HOUR },
  { job: "drill", maxAgeMs: 8 * 24 * HOUR },
] as const;

function readings(lines: readonly string[], madeAt?: number) {
  const live = { service: "postgres", backups: backupsIn(lines) };
  return ageReadings(BOTH, live, { now, madeAt });
}

function declared(patch: Parameters<typeof localWith>[0]) {
  const environment = localWith(patch);
  return declaredAges({ environment, plan: planOf(environment) });
}

test("young enough is in force, whoever started the job", () => {
  const found = readings(["backup 20261124T100000Z 20", "drilled 20261117T120000Z"]);
  assert.deepEqual(found.map(isDrift), [false, false]);
  assert.deepEqual(
    found.map(({ subject, setting, declared }) => [subject, setting, declared]),
    [
      ["postgres", "last backup", "at most 26 h ago"],
      ["postgres", "last drill that passed", "at most 8 d ago"],
    ],
  );
});

test("one that went silent is drift, with its age", () => {
  const found = readings(["backup 20261124T095959Z 20", "drilled 20261101T000000Z"]);
  assert.deepEqual(found.map(isDrift), [true, true]);
  assert.deepEqual(
    found.map(({ live }) => live),
    ["26 h ago", "24 d ago"],
  );
});

test("none at all is drift, unless the database is so young that none was due", () => {
  assert.deepEqual(
    readings([]).map(({ live }) => live),
    [undefined, undefined],
  );
  assert.deepEqual(readings([], now - 2 * HOUR).map(isDrift), [false, false]);
  assert.deepEqual(readings([], now - 27 * HOUR).map(isDrift), [true, false]);
});

test("declared where a timer starts the job, and where the config names the age", () => {
  assert.deepEqual(declared({ host: {}, target }), [
    { job: "backup", maxAgeMs: 93_600_000 },
    { job: "drill", maxAgeMs: 691_200_000 },
  ]);
  assert.deepEqual(declared({ host: { jobs: { backup: "off" } }, target }), [
    { job: "drill", maxAgeMs: 691_200_000 },
  ]);
  assert.deepEqual(declared({ target }), []);
  assert.deepEqual(declared({ host: {} }), []);
  assert.deepEqual(declared({ alerts: { backupHours: 2 } }), [
    { job: "backup", maxAgeMs: 7_200_000 },
  ]);
});
