import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "../../config/config.ts";
import { problemsOf } from "../support/environments.ts";

const read = (offsite: unknown) =>
  readConfig(
    { environments: { one: { services: { postgres: { kind: "postgres", offsite } } } } },
    "/srv",
  );
const refused = (offsite: unknown) => problemsOf(() => read(offsite));
const KEY = "environments.one.services.postgres.offsite";

test("every form of a repository is taken, and a week of days, four of weeks, six of months are kept", () => {
  const repositories = [
    ...["/mnt/backups", "/srv/restic/plimsoll.example"],
    ...["s3:https://s3.eu-central-1.amazonaws.com/bucket", "s3:http://10.0.0.7:9000/bucket/a/b"],
    ...["rest:https://backup.example.com/", "rest:https://ann@backup.example.com:8000/plimsoll/"],
    ...["sftp:ann@backup.example.com:/srv/restic", "sftp:ann@backup.example.com:restic"],
    ...["sftp://ann@backup.example.com:2222//srv/restic", "sftp://ann@[2001:db8::1]/restic"],
  ];
  for (const repository of repositories) {
    const [environment] = read({ repository });
    const postgres = environment?.services["postgres"];
    assert.ok(postgres?.kind === "postgres");
    assert.deepEqual(postgres.offsite, { repository, keep: { daily: 7, weekly: 4, monthly: 6 } });
  }
});

test("what is no repository is refused with the forms that there are", () => {
  const wrong = [
    ...["backups", "/", "/mnt/back ups", "/mnt/a,readonly", "/mnt/$(id)", "s3:bucket"],
    ...["s3:https://s3.example.com", "rest:backup.example.com", "sftp:backup.example.com:/srv"],
    ...["rclone:b2:bucket", "b2:bucket", "ftp://ann@example.com/x"],
  ];
  for (const repository of wrong) {
    assert.deepEqual(refused({ repository }), [
      `${KEY}.repository: must be a repository of restic's, got "${repository}"; ` +
        'write it like "s3:https://s3.example.com/bucket", "rest:https://user@example.com/", "sftp:user@example.com:/backups" or "/mnt/backups"',
    ]);
  }
  assert.deepEqual(refused({ repository: "/mnt/../etc" }), [
    `${KEY}.repository: must have no . or .. in its path, got "/mnt/../etc"; write the path out`,
  ]);
});

test("a password in a repository is refused, and not shown", () => {
  const cases = [
    ["rest:https://ann:HIDDEN@backup.example.com/", "rest:https://ann:***@backup.example.com/"],
    ["s3:https://AKIA:HIDDEN@s3.example.com/bucket", "s3:https://AKIA:***@s3.example.com/bucket"],
    ["sftp:ann:HIDDEN@backup.example.com:/srv", "sftp:ann:***@backup.example.com:/srv"],
    ["sftp://ann:HIDDEN@backup.example.com//srv", "sftp://ann:***@backup.example.com//srv"],
  ];
  for (const [repository, shown] of cases) {
    assert.deepEqual(refused({ repository }), [
      `${KEY}.repository: must have no password, got "${shown}"; leave it out, ./plimsoll secrets list says which secrets to put on the server`,
    ]);
  }
});

test("one day's copy stays at least, and an unknown key is refused", () => {
  assert.deepEqual(refused({ repository: "/mnt/b", keep: { daily: 0 }, password: "HIDDEN" }), [
    `${KEY}.keep.daily: must be from 1 to 3650, got 0`,
    `${KEY}.password: unknown key; remove it or correct its name`,
  ]);
});

test("no service has the name that the secrets of the copies have", () => {
  const offsite = { kind: "redis" };
  const config = { environments: { one: { services: { offsite } } } };
  assert.deepEqual(
    problemsOf(() => readConfig(config, "/srv")),
    [
      "environments.one.services.offsite: not a name that the stack uses itself, got offsite; call it by what it does",
    ],
  );
});
