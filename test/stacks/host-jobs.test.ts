import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { execa } from "execa";
import { planOf } from "../../config/environment.ts";
import { dumpRun } from "../../stacks/batch-run.ts";
import { localWith } from "../support/environments.ts";
import { bundleWith } from "../support/host.ts";

const UNITS = "/etc/systemd/system";
/** Of systemd-analyze, in tenths. */
const EXPOSURE_MAX = 30;

function text(path: string, bundle = bundleWith()): string {
  const file = bundle.files.find((one) => one.path === path);
  assert.ok(file, `no ${path}`);
  return file.content;
}

const jobPaths = (bundle: ReturnType<typeof bundleWith>) =>
  bundle.files
    .map(({ path }) => path)
    .filter((path) =>
      /plimsoll-\w+\.timer|plimsoll-(?!firewall)\w+\.service|plimsoll\/.*\.sh$/.test(path),
    );
const TLS = { certificate: "/etc/tls/cert.pem", key: "/etc/tls/key.pem" };

test("a job is what it runs, its service and its timer", () => {
  assert.deepEqual(jobPaths(bundleWith()), [
    ...["/etc/plimsoll/backup.sh", "/etc/plimsoll/drill.sh", "/etc/plimsoll/prune.sh"],
    ...[`${UNITS}/plimsoll-backup.service`, `${UNITS}/plimsoll-backup.timer`],
    ...[`${UNITS}/plimsoll-drill.service`, `${UNITS}/plimsoll-drill.timer`],
    ...[`${UNITS}/plimsoll-prune.service`, `${UNITS}/plimsoll-prune.timer`],
  ]);
});

test("each can be switched off, and is there only where it has work", () => {
  const timers = (bundle: ReturnType<typeof bundleWith>) =>
    /^TIMERS='(.*)'$/m.exec(bundle.script)?.[1];
  const off = bundleWith({ jobs: { backup: "off" } });
  assert.ok(!jobPaths(off).some((path) => path.includes("backup")));
  assert.equal(timers(off), "plimsoll-drill.timer plimsoll-prune.timer");
  const services = { postgres: null, chat: { databasePool: null } };
  assert.equal(timers(bundleWith({}, { services })), "plimsoll-prune.timer");
  const tls = bundleWith({ jobs: { prune: "off" } }, { services, tls: TLS });
  assert.equal(timers(tls), "plimsoll-certificate.timer");
});

test("unless the config says otherwise, the new ones run weekly and nightly", () => {
  const bundle = bundleWith({}, { tls: TLS });
  assert.match(bundle.script, /^host\.jobs\.prune\tSun \*-\*-\* 05:15:00$/m);
  assert.match(bundle.script, /^host\.jobs\.certificate\t\*-\*-\* 05:45:00$/m);
});

test("a timer has the config's schedule, and makes up for what was missed", () => {
  const bundle = bundleWith({ jobs: { backup: "*-*-* 02:30:00 UTC" } });
  const timer = text(`${UNITS}/plimsoll-backup.timer`, bundle);
  assert.match(timer, /^OnCalendar=\*-\*-\* 02:30:00 UTC$/m);
  assert.match(timer, /^Persistent=true$/m);
  assert.match(timer, /^RandomizedDelaySec=30min$/m);
  assert.match(bundle.script, /^host\.jobs\.backup\t\*-\*-\* 02:30:00 UTC$/m);
});

test("verify asks for the timer, and for the slice that the job runs in", () => {
  const facts = bundleWith().facts.filter(({ place }) => place.includes("plimsoll-backup."));
  assert.deepEqual(
    facts.filter(({ kind }) => kind === "unit").map(({ place, declared }) => [place, declared]),
    [
      ["plimsoll-backup.timer:ActiveState", "active"],
      ["plimsoll-backup.timer:UnitFileState", "enabled"],
      ["plimsoll-backup.service:Slice", "plimsoll-local-batch.slice"],
    ],
  );
});

test("systemd itself takes the units, and finds little that a job's service could do", async (t) => {
  const folder = await folderOf(t);
  const bundle = bundleWith({}, { tls: TLS });
  for (const job of ["backup", "drill", "prune", "certificate"]) {
    const name = `plimsoll-${job}.service`;
    const unit = join(folder, name);
    await writeFile(unit, text(`${UNITS}/${name}`, bundle));
    const args = ["security", "--offline=true", `--threshold=${EXPOSURE_MAX}`, unit];
    const run = await execa("systemd-analyze", args, { reject: false, all: true });
    if (run.code === "ENOENT") return t.skip("systemd is not installed");
    assert.equal(run.exitCode, 0, run.all);
  }
});

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-jobs-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the backup's program with a docker that does what `body` says, and keeps a call a file in $HERE. */
async function runWith(t: TestContext, body: string) {
  const folder = await folderOf(t);
  const docker = join(folder, "docker");
  await writeFile(
    docker,
    `#!/bin/sh
HERE='${folder}'
echo "$1 $2" >>"$HERE/calls"
${body}
`,
  );
  await chmod(docker, 0o755);
  const program = join(folder, "backup.sh");
  // Without the pause between two tries.
  await writeFile(program, text("/etc/plimsoll/backup.sh").replace("SECONDS=2", "SECONDS=0"));
  const env = { PATH: `${folder}:/usr/bin:/bin` };
  const run = await execa("sh", [program], { env, reject: false });
  const calls = (await readFile(join(folder, "calls"), "utf8")).trim().split("\n");
  return { ...run, calls, folder };
}

const THERE = `case "$1 $2" in "inspect --type=container") echo sha256:abc; exit ;; "volume inspect") exit ;; esac`;

test("it runs the container that the CLI runs, word for word, with the image that Postgres has", async (t) => {
  const body = `${THERE}
if [ "$1" = run ]; then printf '%s\\0' "$@" >"$HERE/words"; fi`;
  const { exitCode, folder } = await runWith(t, body);
  assert.equal(exitCode, 0);
  const words = (await readFile(join(folder, "words"), "utf8")).split("\0").slice(0, -1);
  const environment = localWith({ target: "ssh://root@203.0.113.10", port: 80, host: {} });
  const plan = planOf(environment);
  const cgroupDriver = "systemd" as const;
  const run = dumpRun({ environment, plan, cgroupDriver, service: "postgres" });
  // A shell's substitution takes the last new line.
  const program = run.program.trimEnd();
  const image = "sha256:abc";
  assert.deepEqual(words, [
    ...["run", ...run.options],
    ...[image, "-c", program, "bash", "plimsoll-local-postgres", "7"],
  ]);
});

test("without the environment's Postgres it says so", async (t) => {
  const { exitCode, stderr, calls } = await runWith(t, "exit 1");
  assert.equal(exitCode, 3);
  assert.equal(
    stderr,
    "plimsoll-local-postgres must be there, got no such container; bring the environment up",
  );
  assert.deepEqual(calls, ["inspect --type=container"]);
});

test("the volume is made where it is missing, and given to Postgres' user", async (t) => {
  const body = `case "$1 $2" in "inspect --type=container") echo sha256:abc ;; "volume inspect") exit 1 ;; esac`;
  const { calls } = await runWith(t, body);
  assert.deepEqual(calls, [
    ...["inspect --type=container", "volume inspect", "volume create", "run --rm"],
    ...["wait plimsoll-local-postgres-backup", "run --rm"],
  ]);
});

test("who has the name is waited for, a try after the other", async (t) => {
  const body = `${THERE}
if [ "$1" = run ] && [ "$(grep -c '^run' "$HERE/calls")" -lt 3 ]; then exit 125; fi`;
  const { exitCode, calls } = await runWith(t, body);
  assert.equal(exitCode, 0);
  assert.equal(calls.filter((call) => call.startsWith("wait")).length, 3);
  const stuck = await runWith(t, `${THERE}\nif [ "$1" = run ]; then exit 125; fi`);
  assert.equal(stuck.exitCode, 125);
  assert.equal(stuck.calls.filter((call) => call.startsWith("run")).length, 5);
});

test("a job that fails is not tried again, and its exit code is the service's", async (t) => {
  const { exitCode, calls } = await runWith(t, `${THERE}\nif [ "$1" = run ]; then exit 3; fi`);
  assert.equal(exitCode, 3);
  assert.equal(calls.filter((call) => call.startsWith("run")).length, 1);
});
