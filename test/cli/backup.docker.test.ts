import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { JobStatus } from "../../cli/job-status.ts";
import type { Reading } from "../../cli/verify/reading.ts";
import type { ConfigInput } from "../../config/define.ts";
import { docker } from "../support/docker.ts";
import { freePort } from "../support/free-ports.ts";
import { type Outcome, type Sandbox, sandbox } from "../support/sandbox.ts";

/** A stack with one slot; the tests build on one another, in order. */
let box: Sandbox;
let local: ConfigInput["environments"][string];
const postgres = () => `${box.project}-local-postgres`;
const volume = () => `${postgres()}-backups`;

before(async () => {
  const port = await freePort();
  const services = { chat: { slots: 1 }, postgres: { keepBackups: 2 } };
  local = { address: "127.0.0.1", port, services };
  box = await sandbox({ local });
  ok(await box.run(["up", "local"]));
});

after(async () => {
  await box?.dispose();
  await docker("volume", "rm", "--force", volume());
});

function ok({ exitCode, stdout, stderr }: Outcome): string {
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

/** Rows of what one statement gives, in the app's database. */
async function sql(statement: string): Promise<string> {
  const psql = ["psql", "--username=postgres", "--dbname=chat", "-At", "--command", statement];
  return docker("exec", postgres(), ...psql);
}

async function backups(): Promise<string[]> {
  const found = JSON.parse(ok(await box.run(["backups", "local", "--json"])));
  return found.backups.map(({ name }: { name: string }) => name);
}

/** Runs a shell line as root over the backups. */
async function inBackups(line: string): Promise<string> {
  const image = await docker("inspect", "--format={{.Image}}", postgres());
  const mount = `--volume=${volume()}:/backups`;
  return docker("run", "--rm", "--user=0:0", mount, "--entrypoint=sh", image, "-c", line);
}

test("a backup under writes holds every row that was committed before it", async () => {
  await sql("create table ledger (id bigserial primary key, at timestamptz default now())");
  await sql("insert into ledger select from generate_series(1, 5000)");
  const writes = sql(
    "do $$ begin for i in 1..200 loop insert into ledger default values; commit; perform pg_sleep(0.01); end loop; end $$",
  );
  const backup = JSON.parse(ok(await box.run(["backup", "local", "--json"])));
  await writes;
  assert.match(backup.name, /^\d{8}T\d{6}Z$/);
  assert.ok(backup.sizeBytes > 0);
  assert.equal(await sql("select count(*) from ledger"), "5200");
  assert.equal(
    await inBackups(
      `stat -c %a /backups/${backup.name} /backups/${backup.name}/globals.sql | tr '\\n' ' '`,
    ),
    "700 600",
  );
});

test("a drill restores it into a server of its own, and backups tells when", async () => {
  const { exitCode, stderr } = await box.run(["drill", "local"]);
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /restores, with every row it was dumped with/);
  const found = JSON.parse(ok(await box.run(["backups", "local", "--json"])));
  assert.match(found.drilledAt, /^\d{8}T\d{6}Z$/);
});

/** What status says of a job. */
async function jobStatus(job: string) {
  const { stdout } = await box.run(["status", "local", "--json"]);
  const { jobs } = JSON.parse(stdout) as { jobs: JobStatus[] };
  return jobs.find((one) => one.job === job);
}

test("status tells of both when they last succeeded, how long they took and how they ended", async () => {
  for (const name of ["backup", "drill"]) {
    const found = await jobStatus(name);
    assert.ok(found?.lastRun && found.succeededAt);
    const { result, exitCode, seconds, startedAt } = found.lastRun;
    assert.deepEqual([result, exitCode], ["succeeded", 0]);
    assert.ok(seconds !== undefined && seconds < 600);
    assert.ok(Date.now() - Date.parse(startedAt) < 600_000);
  }
  const { stdout } = await box.run(["status", "local"]);
  assert.match(stdout, /^backup\s+\d+ min ago\s+\S+T\S+\s+\d+ s\s+succeeded$/m);
});

/** What verify says of the last backup's age. */
async function verifiedAge() {
  const { stdout } = await box.run(["verify", "local", "--json"]);
  const readings = JSON.parse(stdout) as Reading[];
  return readings.find(({ setting }) => setting === "last backup");
}

test("an age that the config names is in force after a backup by hand, and drift without one", async () => {
  assert.equal(await verifiedAge(), undefined);
  await box.configure({ local: { ...local, alerts: { backupHours: 1 } } });
  // A database made two hours ago, whose backup was due.
  const older = 'touch --date="2 hours ago" "$PGDATA/PG_VERSION"';
  await docker("exec", "--user=999", postgres(), "sh", "-c", older);
  assert.equal((await verifiedAge())?.live, "at most 60 min ago");
  await inBackups("mkdir /backups/aside && mv /backups/*Z /backups/aside/");
  const gone = await verifiedAge();
  assert.deepEqual([gone?.declared, gone?.live], ["at most 60 min ago", undefined]);
  await inBackups("mv /backups/aside/* /backups/ && rmdir /backups/aside");
  await box.configure({ local });
});

test("after its tables are gone, restore brings the rows back and keeps what was there", async () => {
  await sql("drop table ledger");
  await sql("create table mistake (id int)");
  const asked = await box.run(["restore", "latest", "local"], { input: "" });
  assert.equal(asked.exitCode, 2);
  assert.match(asked.stderr, /must be confirmed, got no terminal to ask; add --yes/);
  const { exitCode, stderr } = await box.run(["restore", "latest", "local", "--yes"]);
  assert.equal(exitCode, 0, stderr);
  const count = Number(await sql("select count(*) from ledger"));
  assert.ok(count >= 5000 && count <= 5200, `${count} rows`);
  const [, before = ""] = /what was there is now (\w+),/.exec(stderr) ?? [];
  const old = ["psql", "--username=postgres", `--dbname=${before}`, "-At"];
  assert.equal(
    await docker("exec", postgres(), ...old, "--command", "select count(*) from mistake"),
    "0",
  );
  const owner = "select pg_get_userbyid(datdba) from pg_database where datname = 'chat'";
  assert.equal(await sql(owner), "chat");
});

test("after the database's volume was lost, up and restore bring the rows back", async () => {
  const [latest = ""] = (await backups()).slice(-1);
  const rows = await sql("select count(*) from ledger");
  ok(await box.run(["down", "local", "--volumes"]));
  assert.deepEqual(
    (await docker("volume", "ls", "--quiet", "--filter", `name=${box.project}`)).split("\n"),
    [volume()],
  );
  ok(await box.run(["up", "local"]));
  ok(await box.run(["restore", latest, "local", "--yes"]));
  assert.equal(await sql("select count(*) from ledger"), rows);
});

test("a dump that was changed is found by a drill, and a restore of it leaves the database as it is", async () => {
  const [latest = ""] = (await backups()).slice(-1);
  await inBackups(
    `printf x | dd of=/backups/${latest}/chat.dump bs=1 seek=2000 conv=notrunc 2>/dev/null`,
  );
  for (const args of [
    ["drill", "local"],
    ["restore", latest, "local", "--yes"],
  ]) {
    const { exitCode, stderr } = await box.run(args);
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /must be as it was written, got files that do not match their checksums/);
  }
  assert.ok(Number(await sql("select count(*) from ledger")) >= 5000);
  const { result, exitCode } = (await jobStatus("drill"))?.lastRun ?? {};
  assert.deepEqual([result, exitCode], ["failed", 3]);
  // With checksums that match: the rows still tell.
  await inBackups(
    `cd /backups/${latest} && echo 'public.ledger|1' >chat.counts && sha256sum globals.sql databases chat.dump chat.counts >SHA256SUMS`,
  );
  const drill = await box.run(["drill", "local"]);
  assert.equal(drill.exitCode, 2);
  assert.match(drill.stderr, /backup \w+: chat must/);
});

test("only so many backups are kept as the config says, and one that is not there is told", async () => {
  ok(await box.run(["backup", "local"]));
  ok(await box.run(["backup", "local"]));
  assert.equal((await backups()).length, 2);
  const gone = await box.run(["restore", "20200101T000000Z", "local", "--yes"]);
  assert.equal(gone.exitCode, 2);
  assert.match(
    gone.stderr,
    /backup 20200101T000000Z: must be one of the backups, got none of that name/,
  );
});
