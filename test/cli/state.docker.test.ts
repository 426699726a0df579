import assert from "node:assert/strict";
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { docker, inspect, namesOf } from "../support/docker.ts";
import { freePort } from "../support/free-ports.ts";
import { testImages } from "../support/images.ts";
import { type Sandbox, sandbox, TINY } from "../support/sandbox.ts";

/** One environment whose state goes from this machine into a real Postgres and back; each case builds on the one before. */
let box: Sandbox;
let port: number;
let postgres: string;
let postgresPort: number;

const PASSWORD = "correct-horse-battery";
const START_ATTEMPTS = 600;
const LOCKED_SECONDS = 900;

const urlOf = (database: string) =>
  `postgres://captain:${PASSWORD}@127.0.0.1:${postgresPort}/${database}?sslmode=disable`;
const withState = (state: { backend: "local" } | { backend: "pg" }) => ({
  local: { address: "127.0.0.1", port, services: TINY, state },
});
const psql = (database: string, sql: string) =>
  docker(
    ...["exec", `--env=PGPASSWORD=${PASSWORD}`, postgres],
    ...["psql", "-h", "127.0.0.1", "-U", "captain", "-d", database, "-Atc", sql],
  );

async function untilReady(): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await psql("states", "SELECT 1");
      return;
    } catch (error) {
      if (attempt === START_ATTEMPTS) throw error;
    }
  }
}

/** Names and ids of the environment's containers: the same as long as nothing was replaced. */
async function containers(): Promise<[name: string, id: string][]> {
  const names = await namesOf("container", box.project);
  const found = await inspect(...names);
  return found.map(({ Name, Id }) => [Name, Id]);
}

async function runs(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await box.run(args);
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

before(async () => {
  [port, postgresPort] = [await freePort(), await freePort()];
  const { postgres: image } = await testImages();
  postgres = await docker(
    ...["run", "--detach", "--label=plimsoll.test=state", "--memory=128m"],
    ...[`--publish=127.0.0.1:${postgresPort}:5432`, `--env=POSTGRES_PASSWORD=${PASSWORD}`],
    ...["--env=POSTGRES_USER=captain", "--env=POSTGRES_DB=states", image],
    ...["postgres", "-c", "shared_buffers=16MB", "-c", "listen_addresses=*"],
  );
  await untilReady();
  process.env["PG_CONN_STR"] = urlOf("states");
  box = await sandbox(withState({ backend: "local" }));
});

after(async () => {
  await box.dispose();
  await docker("rm", "--force", "--volumes", postgres);
});

test("a config that names another place than the state's is refused with the way out", async () => {
  await runs("up");
  const deployed = await containers();
  assert.equal(deployed.length, 3);
  await box.configure(withState({ backend: "pg" }));
  for (const verb of ["up", "plan", "down"]) {
    const { exitCode, stderr } = await box.run([verb]);
    assert.equal(exitCode, 2, stderr);
    assert.match(
      stderr,
      /environments\.local\.state: must say where the state is, got pg, but it is in local; move it with \.\/plimsoll state move local, or put the config back/,
    );
  }
  assert.deepEqual(await containers(), deployed);
});

test("it is moved into Postgres: checked, nothing is replaced, and a plan finds no changes", async () => {
  const deployed = await containers();
  const moved = JSON.parse(await runs("state", "move", "local", "--json"));
  assert.deepEqual([moved.to, moved.stacks.length], ["pg", 4]);
  assert.match(await runs("plan"), /local: no changes/);
  await runs("up");
  assert.deepEqual(await containers(), deployed);
  const shown = JSON.parse(await runs("state", "--json"));
  assert.deepEqual([shown.place, shown.configured], ["pg", "pg"]);
  for (const { resources, lock, place } of shown.stacks) {
    assert.ok(resources > 0);
    assert.equal(lock, undefined);
    assert.match(place, new RegExp(`^pg ${box.project}_local-`));
  }
  assert.match(await runs("state", "move", "local", "--json"), /"stacks": \[\]/);
});

test("a second operator, with a fresh folder, plans no changes and deploys without replacing anything", async () => {
  const deployed = await containers();
  const away = `${box.stateFolder}.first`;
  await rename(box.stateFolder, away);
  assert.match(await runs("plan"), /local: no changes/);
  await runs("up");
  assert.deepEqual(await containers(), deployed);
  await rm(box.stateFolder, { recursive: true });
  await rename(away, box.stateFolder);
});

test("a lock that somebody holds: told before anything is changed, and by state", async () => {
  const deployed = await containers();
  const { stacks } = JSON.parse(await runs("state", "--json"));
  const data = stacks.find(({ stack }: { stack: string }) => stack === "local-data");
  const schema = data.place.replace(/^pg /, "");
  await docker(
    ...["exec", "--detach", `--env=PGPASSWORD=${PASSWORD}`, postgres],
    ...["psql", "-h", "127.0.0.1", "-U", "captain", "-d", "states", "-c"],
    `SELECT pg_advisory_lock(id), pg_sleep(${LOCKED_SECONDS}) FROM "${schema}".states`,
  );
  const holders = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted";
  for (let attempt = 1; (await psql("states", holders)) === ""; attempt += 1) {
    assert.ok(attempt < START_ATTEMPTS, "the lock is not taken");
  }
  for (const verb of ["up", "down"]) {
    const { exitCode, stderr } = await box.run([verb]);
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /environments\.local\.state: one change at a time, got local-data locked by another run; wait for it, or if that run is dead, end its connection to the backend/,
    );
  }
  assert.match(await runs("state"), /local-data +\d+ +\d+ +another run/);
  await psql("states", `SELECT pg_terminate_backend(pid) FROM (${holders}) AS held`);
  assert.deepEqual(await containers(), deployed);
});

test("a backend without the state: what runs is not taken for left behind", async () => {
  const deployed = await containers();
  await psql("states", "CREATE DATABASE other");
  const { exitCode, stderr } = await box.run(["up"], { env: { PG_CONN_STR: urlOf("other") } });
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    /environments\.local\.state: must know what it made on local, got nothing at all in pg, and 3 containers; correct the config or the variables/,
  );
  assert.deepEqual(await containers(), deployed);
});

test("taken down and brought up from nothing, in Postgres alone", async () => {
  await runs("down");
  assert.deepEqual(await namesOf("container", box.project), []);
  await runs("up");
  assert.equal((await containers()).length, 3);
  assert.match(await runs("plan"), /local: no changes/);
});

test("the password of the backend is in no file of the project's", async () => {
  const entries = await readdir(box.stateFolder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  assert.ok(files.some(({ name }) => name === "cdk.tf.json"));
  for (const { parentPath, name } of files) {
    const content = await readFile(join(parentPath, name), "latin1");
    assert.ok(!content.includes(PASSWORD), join(parentPath, name));
  }
});

test("it is moved back to this machine, and whoever still has the other config is told so", async () => {
  const deployed = await containers();
  const second = `${box.stateFolder}.second`;
  await box.configure(withState({ backend: "local" }));
  await runs("state", "move", "local");
  assert.match(await runs("plan"), /local: no changes/);
  await runs("up");
  assert.deepEqual(await containers(), deployed);
  await rename(box.stateFolder, second);
  await box.configure(withState({ backend: "pg" }));
  const { exitCode, stderr } = await box.run(["up"]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /got pg, from where it was moved to local on \S+; take over the config/);
  assert.deepEqual(await containers(), deployed);
  await rm(box.stateFolder, { recursive: true, force: true });
  await rename(second, box.stateFolder);
  await box.configure(withState({ backend: "local" }));
});
