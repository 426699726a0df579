import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ensureImages } from "../../cli/images/build.ts";
import { terminalReport } from "../../cli/report.ts";
import { runtimeImages } from "../../images/runtime.ts";
import { testImages } from "../support/images.ts";
import {
  createVolume,
  docker,
  eventually,
  folderWith,
  startContainer,
  type TestContainer,
} from "./container.ts";

const TIMEOUT_MS = 300_000;
/** initdb on a busy machine with two cores. */
const START_TIMEOUT_MS = 120_000;

const CONFIG = `
listen_addresses = '*'
jit = off
shared_buffers = 16MB
unix_socket_directories = '/var/run/postgresql'
`;

interface Database {
  readonly image: string;
  readonly volume: string;
  /** Scripts of the first start. */
  readonly scripts?: Readonly<Record<string, string>>;
}

async function startPostgres(t: TestContext, { image, volume, scripts = {} }: Database) {
  const secrets = await folderWith(t, { "superuser-password": "p'ss w\"rd\n" });
  const config = await folderWith(t, { "postgresql.conf": CONFIG });
  const first = await folderWith(t, scripts);
  const mounts = Object.keys(scripts).map(
    (name) => `--volume=${first}/${name}:/docker-entrypoint-initdb.d/${name}:ro`,
  );
  return startContainer(
    t,
    [
      "--user=999:999",
      "--tmpfs=/var/run/postgresql",
      `--volume=${volume}:/var/lib/postgresql/data`,
      `--volume=${config}/postgresql.conf:/etc/plimsoll/postgresql.conf:ro`,
      `--volume=${secrets}/superuser-password:/run/secrets/superuser-password:ro`,
      ...mounts,
      "--env=POSTGRES_PASSWORD_FILE=/run/secrets/superuser-password",
      "--env=POSTGRES_USER=captain",
      "--env=POSTGRES_DB=ship",
      "--env=POSTGRES_INITDB_ARGS=--data-checksums --encoding=UTF8",
      "--env=PGDATA=/var/lib/postgresql/data",
    ],
    [image, "postgres", "-c", "config_file=/etc/plimsoll/postgresql.conf"],
  );
}

/** A login over TCP from the container's own address, the way another container comes. */
function query(
  container: TestContainer,
  sql: string,
  password = "p'ss w\"rd",
): Promise<string | undefined> {
  const psql =
    'psql --no-psqlrc --tuples-only --no-align --host="$(hostname -i)" --username=captain --dbname=ship --command="$0" 2>&1';
  return container.exec(["bash", "-c", psql, sql], { PGPASSWORD: password });
}

const untilReady = (container: TestContainer) =>
  eventually(() => query(container, "SELECT 1"), START_TIMEOUT_MS);

const exitCode = (container: TestContainer) =>
  docker("inspect", "--format", "{{.State.ExitCode}}", container.id);

test("postgres initialises once, checks passwords, and stops clean", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const { postgres: image } = await testImages();
  const volume = await createVolume(t);
  const scripts = {
    "10-log.sql": "CREATE TABLE log (entry text);",
    "20-entry.sh": `psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --command "INSERT INTO log VALUES ('first start')"`,
  };
  const first = await startPostgres(t, { image, volume, scripts });
  assert.equal(await untilReady(first), "1");
  assert.equal(await query(first, "SELECT entry FROM log"), "first start");
  assert.equal(await query(first, "SHOW jit"), "off");
  assert.equal(await query(first, "SHOW data_checksums"), "on");
  assert.equal(await query(first, "SHOW config_file"), "/etc/plimsoll/postgresql.conf");
  assert.equal(await query(first, "SELECT 1", "wrong"), undefined);
  assert.equal(await first.exec(["pg_isready", "--quiet"]), "");
  assert.equal(
    await first.exec(["stat", "-c", "%u:%g %a", "/var/lib/postgresql/data"]),
    "999:999 700",
  );

  await docker("stop", "--time=60", first.id);
  assert.equal(await exitCode(first), "0");
  assert.match(await first.logs(), /received fast shutdown request/);

  const second = await startPostgres(t, { image, volume, scripts });
  assert.equal(await untilReady(second), "1");
  assert.equal(await query(second, "SELECT count(*) FROM log"), "1");
  assert.doesNotMatch(await second.logs(), /database system was not properly shut down/);
});

test("a first start that fails half way is begun anew", { timeout: TIMEOUT_MS }, async (t) => {
  const { postgres } = runtimeImages("debian");
  await ensureImages([postgres], terminalReport);
  const image = postgres.reference;
  const volume = await createVolume(t);
  const failing = await startPostgres(t, {
    image,
    volume,
    scripts: { "10-fail.sql": "SELECT missing;" },
  });
  assert.notEqual(await docker("wait", failing.id), "0");
  assert.match(await failing.logs(), /column "missing" does not exist/);

  const again = await startPostgres(t, {
    image,
    volume,
    scripts: { "10-pass.sql": "CREATE TABLE log (entry text);" },
  });
  assert.equal(await untilReady(again), "1");
  assert.equal(await query(again, "SELECT count(*) FROM log"), "0");
});

test("a start without a password says what is missing", { timeout: TIMEOUT_MS }, async (t) => {
  const { postgres: image } = await testImages();
  const container = await startContainer(
    t,
    ["--user=999:999", "--tmpfs=/var/run/postgresql"],
    [image],
  );
  assert.notEqual(await docker("wait", container.id), "0");
  assert.match(await container.logs(), /POSTGRES_PASSWORD/);
});

test("a first start that is cut short while it moves the database into place is carried through", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const { postgres } = runtimeImages("debian");
  await ensureImages([postgres], terminalReport);
  const image = postgres.reference;
  const volume = await createVolume(t);
  const scripts = { "10-log.sql": "CREATE TABLE log (entry text);" };
  const first = await startPostgres(t, { image, volume, scripts });
  await untilReady(first);
  await docker("stop", "--time=60", first.id);

  const back =
    'cd "$PGDATA"; mkdir initialising; mv PG_VERSION base global initialising/; touch initialising/complete';
  const undo = await startContainer(
    t,
    ["--user=999:999", `--volume=${volume}:/var/lib/postgresql/data`],
    [image, "bash", "-c", back],
  );
  assert.equal(await docker("wait", undo.id), "0");

  const second = await startPostgres(t, { image, volume });
  assert.equal(await untilReady(second), "1");
  assert.equal(await query(second, "SELECT count(*) FROM log"), "0");
  assert.equal(await second.exec(["ls", "/var/lib/postgresql/data/initialising"]), undefined);
});
