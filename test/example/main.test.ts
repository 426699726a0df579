import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { execa } from "execa";
import { freePort } from "../support/free-ports.ts";

const MAIN = new URL("../../example/main.ts", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "plimsoll-main-"));
const secretFile = join(folder, "secret");
writeFileSync(secretFile, "0123456789abcdef");
after(() => rmSync(folder, { recursive: true }));

function run(variables: Record<string, string>) {
  const env = { PATH: process.env["PATH"] ?? "", ...variables };
  return execa(process.execPath, ["--import", "tsx", MAIN], {
    env,
    extendEnv: false,
    reject: false,
  });
}

test("a wrong environment ends it with code 2 and every problem", { timeout: 30_000 }, async () => {
  const { exitCode, stderr } = await run({ CACHE_PORT: "x", SESSION_KEY_FILE: secretFile });
  assert.equal(exitCode, 2);
  assert.deepEqual(stderr.split("\n"), [
    "DATABASE_HOST: must be set",
    "DATABASE_NAME: must be set",
    "DATABASE_USER: must be set",
    "DATABASE_PASSWORD_FILE: must be set",
    "CACHE_HOST: must be set",
    'CACHE_PORT: must be a whole number 1..65535, got "x"',
    "CACHE_USER: must be set",
    "CACHE_PASSWORD_FILE: must be set",
  ]);
});

test("without database and cache it lives, says so, and stops when asked", {
  timeout: 30_000,
}, async (context) => {
  const nowhere = String(await freePort());
  const app = run({
    PORT: "0",
    DATABASE_HOST: "127.0.0.1",
    DATABASE_PORT: nowhere,
    DATABASE_NAME: "chat",
    DATABASE_USER: "chat",
    DATABASE_PASSWORD_FILE: secretFile,
    CACHE_HOST: "127.0.0.1",
    CACHE_PORT: nowhere,
    CACHE_USER: "chat",
    CACHE_PASSWORD_FILE: secretFile,
    SESSION_KEY_FILE: secretFile,
  });
  context.after(() => app.kill("SIGKILL"));
  let port = 0;
  for await (const line of createInterface({ input: app.stdout })) {
    const entry = JSON.parse(line);
    if (entry.message !== "server: listening") continue;
    port = entry.port;
    break;
  }
  const origin = `http://127.0.0.1:${port}`;
  assert.equal((await fetch(`${origin}/health`)).status, 200);
  const detailed = await fetch(`${origin}/health/detailed`);
  const { status, database, cache } = JSON.parse(await detailed.text());
  assert.equal(detailed.status, 503);
  assert.deepEqual([status, database.reachable, cache.reachable], ["unavailable", false, false]);
  const models = await fetch(`${origin}/api/models`);
  assert.deepEqual([models.status, models.headers.get("Retry-After")], [503, "5"]);
  await models.body?.cancel();
  app.kill("SIGTERM");
  assert.equal((await app).exitCode, 0);
});
