import assert from "node:assert/strict";
import { test } from "node:test";
import { calendar } from "../../config/calendar.ts";
import { localWith, problemsOf } from "../support/environments.ts";

test("what systemd takes passes, and off", () => {
  for (const text of [
    ...["*-*-* 03:15:00", "Sun *-*-* 04:15:00", "Mon..Fri 03:00", "Mon,Thu *-*-* 3:05"],
    ...["*-*-01 04:00:00 Europe/Berlin", "daily", "weekly UTC", "*:0/30", "*-*~1", "off"],
  ]) {
    assert.equal(calendar().parse(text), text);
  }
});

test("anything else does not, least of all what another line or a shell could be made of", () => {
  for (const text of ["3 o'clock", "15 3 * * *", "", "daily\nExecStart=/bin/x", "$(x)", "Off"])
    assert.equal(calendar().safeParse(text).success, false, text);
});

test("it is told how to write it, at its place", () => {
  const refused = problemsOf(() => localWith({ host: { jobs: { backup: "15 3 * * *" } } }));
  assert.deepEqual(refused, [
    'environments.local.host.jobs.backup: must be a systemd calendar expression or "off", got "15 3 * * *"; write it like "Sun *-*-* 04:15:00"',
  ]);
});
