import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../config/environment.ts";
import { batchRun, dumpRun, volumeCommands } from "../../stacks/batch-run.ts";
import { localWith } from "../support/environments.ts";

const environment = localWith({});
const place = {
  ...{ environment, plan: planOf(environment) },
  ...{ cgroupDriver: "systemd" as const, service: "postgres" },
};
const COMMON = [
  ...[
    "--rm",
    "--init",
    "--env=TINI_KILL_PROCESS_GROUP=1",
    "--user=999:999",
    "--read-only",
    "--tmpfs=/tmp:mode=1777,size=16m",
  ],
  ...["--cap-drop=ALL", "--security-opt=no-new-privileges:true", "--log-driver=none"],
  ...["--cgroup-parent=plimsoll-local-batch.slice", "--oom-score-adj=600"],
  ...["--memory=128m", "--memory-swap=128m"],
  "--cpu-shares=128",
];

test("a dump has the batch tier's memory, the network of the stores, and its secrets to read", () => {
  const { options, program, args } = dumpRun(place);
  assert.deepEqual(options, [
    ...COMMON,
    ...["--name=plimsoll-local-postgres-backup", "--network=plimsoll-local-data"],
    "--volume=plimsoll-local-postgres-backups:/backups",
    "--volume=plimsoll-local-postgres-secrets:/run/secrets:ro",
    "--entrypoint=bash",
  ]);
  assert.match(program, /pg_dump --format=custom/);
  assert.deepEqual(args, ["plimsoll-local-postgres", "7"]);
});

test("a drill has the same name, and neither network nor secrets", () => {
  assert.deepEqual(batchRun(place, "drill", ["latest"]).options, [
    ...COMMON,
    ...["--name=plimsoll-local-postgres-backup", "--network=none"],
    "--volume=plimsoll-local-postgres-backups:/backups",
    ...["--volume=/var/lib/postgresql/data", "--entrypoint=bash"],
  ]);
});

test("a look at the backups has no name: any number may look", () => {
  assert.deepEqual(batchRun(place, "list").options, [
    ...COMMON,
    ...["--network=none", "--volume=plimsoll-local-postgres-backups:/backups:ro"],
    "--entrypoint=bash",
  ]);
});

test("the volume says whose it is, and is Postgres' user's alone", () => {
  const { create, own } = volumeCommands(place);
  assert.deepEqual(create, [
    ...["volume", "create", "--label=plimsoll.project=plimsoll"],
    ...["--label=plimsoll.environment=local", "plimsoll-local-postgres-backups"],
  ]);
  assert.equal(own.program, "chown 999:0 /backups && chmod 0700 /backups");
});
