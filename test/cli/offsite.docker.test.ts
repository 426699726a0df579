import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { JobStatus } from "../../cli/job-status.ts";
import { docker } from "../support/docker.ts";
import { freePort } from "../support/free-ports.ts";
import { type Outcome, type Sandbox, sandbox } from "../support/sandbox.ts";

/** A stack whose backups go to a folder of this machine's; the tests build on one another, in order. */
let box: Sandbox;
/** Its parent is there, itself only once a disk is "mounted". */
let repository: string;
const postgres = () => `${box.project}-local-postgres`;
const volumes = () => [`${box.project}-local-offsite-secrets`, `${postgres()}-backups`];

before(async () => {
  repository = join(await mkdtemp(join(tmpdir(), "plimsoll-offsite-")), "repository");
  const port = await freePort();
  const services = { chat: { slots: 1 }, postgres: { offsite: { repository } } };
  box = await sandbox({ local: { address: "127.0.0.1", port, services } });
  ok(await box.run(["up", "local"]));
});

after(async () => {
  await box?.dispose();
  for (const volume of volumes()) await docker("volume", "rm", "--force", volume);
  await rm(join(repository, ".."), { recursive: true, force: true });
});

function ok({ exitCode, stdout, stderr }: Outcome): string {
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

function assertRefused({ exitCode, stderr }: Outcome, said: RegExp): void {
  assert.equal(exitCode, 2, stderr);
  assert.match(stderr, said);
}

async function sql(statement: string): Promise<string> {
  const psql = ["psql", "--username=postgres", "--dbname=chat", "-At", "--command", statement];
  return docker("exec", postgres(), ...psql);
}

const names = async (...options: string[]): Promise<string[]> => {
  const found = JSON.parse(ok(await box.run(["backups", "local", "--json", ...options])));
  return (found.backups ?? found).map(({ name }: { name: string }) => name);
};

/** What status says of a job's last run. */
async function result(job: string): Promise<string | undefined> {
  const { stdout } = await box.run(["status", "local", "--json"]);
  const { jobs } = JSON.parse(stdout) as { jobs: JobStatus[] };
  return jobs.find((one) => one.job === job)?.lastRun?.result;
}

test("a copy that fails fails the backup, and the backup stays on the server", async () => {
  await sql("create table ledger as select generate_series(1, 5000) as id");
  const failed = await box.run(["backup", "local"]);
  assertRefused(failed, /repository \S+: must be a folder on local, got none; mount its disk/);
  assert.match(failed.stderr, /backup \w+ is on local/);
  await mkdir(repository);
  assertRefused(await box.run(["backup", "local"]), /must be made, got .*permission denied/);
  assert.deepEqual([await result("backup"), await result("offsite")], ["succeeded", "failed"]);
  assert.equal((await names()).length, 2);
});

test("backup copies what it has dumped, and status and drill tell how the copy is", async () => {
  const image = await docker("inspect", "--format={{.Image}}", postgres());
  const mount = `--volume=${repository}:/repository`;
  const give = ["--user=0:0", mount, "--entrypoint=chown", image, "999:999", "/repository"];
  await docker("run", "--rm", ...give);
  const backup = JSON.parse(ok(await box.run(["backup", "local", "--json"])));
  assert.equal(backup.offsite, repository);
  assert.deepEqual(await names("--offsite"), [backup.name]);
  assert.match(ok(await box.run(["backups", "local"])), /the newest copy elsewhere is \w+Z/);
  assert.equal(await result("offsite"), "succeeded");
  const drill = await box.run(["drill", "local"]);
  assert.match(drill.stderr, /is sound, and its backup \w+Z as it was dumped/);
  assert.equal(await result("offsite-check"), "succeeded");
});

test("with the key that was kept, a new server gets the data of one that is gone", async () => {
  const show = ["secrets", "show", "offsite/repository-password", "local"];
  const key = ok(await box.run(show)).trim();
  assert.match(key, /^[\w-]{43}$/);
  for (const [file, text] of await box.stateFiles()) assert.ok(!text.includes(key), file);
  assertRefused(
    await box.run(["secrets", "show", "postgres/superuser-password", "local"]),
    /must be a key that has to outlive its server, got one that is made here; no other is ever shown/,
  );
  assertRefused(
    await box.run(["secrets", "rotate", "offsite/repository-password", "local"]),
    /got one that is made here once; change it in the repository with restic key passwd/,
  );

  ok(await box.run(["down", "local", "--volumes"]));
  const left = await docker("volume", "ls", "--quiet", "--filter", `name=${box.project}`);
  assert.deepEqual(left.split("\n").sort(), volumes());
  // The server is gone with all that was on it.
  for (const volume of volumes()) await docker("volume", "rm", volume);
  ok(await box.run(["up", "local"]));
  const restore = ["restore", "latest", "local", "--yes", "--offsite"];
  assertRefused(await box.run(restore), /must open with its password, got another one/);
  const set = ["secrets", "set", "offsite/repository-password", "local"];
  ok(await box.run(set, { input: `${key}\n` }));
  ok(await box.run(restore));
  assert.equal(await sql("select count(*) from ledger"), "5000");
});
