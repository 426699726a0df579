import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../config/environment.ts";
import { copyRun, offsiteRun } from "../../stacks/offsite-run.ts";
import { localWith } from "../support/environments.ts";

function placeWith(repository: string, server = {}) {
  const offsite = { repository, keep: { monthly: 12 } };
  const environment = localWith({ server, services: { postgres: { offsite } } });
  return {
    ...{ environment, plan: planOf(environment) },
    ...{ cgroupDriver: "systemd" as const, service: "postgres" },
  };
}

const S3 = "s3:https://s3.example.com/bucket";
/** Before and after what depends on the repository. */
const COMMON = [
  ...["--rm", "--init", "--env=TINI_KILL_PROCESS_GROUP=1", "--user=999:999", "--read-only"],
  ...["--tmpfs=/tmp:mode=1777,size=16m", "--cap-drop=ALL"],
  ...["--security-opt=no-new-privileges:true", "--log-driver=none"],
  ...["--cgroup-parent=plimsoll-local-batch.slice", "--oom-score-adj=600"],
  ...["--memory=128m", "--memory-swap=128m", "--cpu-shares=128"],
  ...["--env=GOMAXPROCS=1", "--env=GOGC=20", "--env=GOMEMLIMIT=96MiB"],
  ...["--env=TMPDIR=/var/tmp", "--volume=/var/tmp"],
];
const MOUNTS = [
  "--volume=plimsoll-local-postgres-backups:/backups",
  "--volume=plimsoll-local-offsite-secrets:/run/secrets:ro",
  "--entrypoint=bash",
];

test("a copy has the batch tier's memory, a way out, and no secrets but its own", () => {
  const { options, args } = copyRun(placeWith(S3));
  assert.deepEqual(options, [
    ...COMMON,
    ...["--name=plimsoll-local-postgres-backup", "--network=bridge"],
    ...MOUNTS,
  ]);
  assert.deepEqual(args, [S3, "plimsoll-local", "7", "4", "12"]);
});

test("a repository on the server itself has no network, and is never made by Docker", () => {
  assert.deepEqual(copyRun(placeWith("/mnt/backups")).options, [
    ...COMMON,
    ...["--name=plimsoll-local-postgres-backup", "--network=none"],
    "--mount=type=bind,source=/mnt/backups,target=/repository",
    ...MOUNTS,
  ]);
});

test("a look at the copies has no name: any number may look", () => {
  const { options } = offsiteRun(placeWith(S3), "copies");
  assert.deepEqual(options, [...COMMON, "--network=bridge", ...MOUNTS]);
});

test("no value of a secret is in what is started: programs read them from files", () => {
  const { program } = copyRun(placeWith(S3));
  assert.match(program, /RESTIC_PASSWORD_FILE=\/run\/secrets\/repository-password/);
  assert.doesNotMatch(program, /export \w*(?:AWS_ACCESS|AWS_SECRET|REST_PASSWORD)/);
});
