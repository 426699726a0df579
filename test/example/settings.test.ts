import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { EnvironmentError } from "../../example/environment.ts";
import { readSettings } from "../../example/settings.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-settings-"));
after(() => rmSync(folder, { recursive: true }));

function secret(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const complete = {
  DATABASE_HOST: "postgres",
  DATABASE_NAME: "chat",
  DATABASE_USER: "chat",
  DATABASE_PASSWORD_FILE: secret("database-password", "sail\n"),
  CACHE_HOST: "redis",
  CACHE_USER: "chat",
  CACHE_PASSWORD_FILE: secret("cache-password", "oar"),
  SESSION_KEY_FILE: secret("session-key", "0123456789abcdef"),
};

function problems(variables: NodeJS.ProcessEnv): readonly string[] {
  try {
    readSettings(variables);
  } catch (error) {
    assert.ok(error instanceof EnvironmentError);
    return error.problems;
  }
  return [];
}

test("defaults are those of the README", () => {
  assert.deepEqual(readSettings({ ...complete, SLOT_NAME: "chat-1" }), {
    port: 3000,
    slotName: "chat-1",
    guardUrl: "",
    logLevel: "info",
    database: {
      host: "postgres",
      port: 5432,
      name: "chat",
      user: "chat",
      password: "sail",
      poolMax: 8,
    },
    cache: { host: "redis", port: 6379, user: "chat", password: "oar" },
    sessionKey: "0123456789abcdef",
    maxConnections: 80,
    drainTimeoutMs: 30_000,
    heartbeatMs: 15_000,
    modelTokenDelayMs: 50,
    historyLimit: 20,
    sessionTtlDays: 30,
    oomScoreAdj: 0,
  });
});

test("every problem is listed at once, with the value and the rule", () => {
  const short = secret("short-key", "abc\n");
  const missing = join(folder, "missing");
  const wrong = {
    ...complete,
    DATABASE_HOST: "",
    DATABASE_PASSWORD_FILE: missing,
    SESSION_KEY_FILE: short,
    PORT: "70000",
    MAX_CONNECTIONS: "8e1",
    LOG_LEVEL: "loud",
    GUARD_ADMIN_URL: "guard:9180",
  };
  assert.deepEqual(problems(wrong), [
    'PORT: must be a whole number 0..65535, got "70000"',
    'GUARD_ADMIN_URL: must be http://host:port, got "guard:9180"',
    'LOG_LEVEL: must be one of info, debug, warn, error, got "loud"',
    "DATABASE_HOST: must be set",
    `DATABASE_PASSWORD_FILE: must name a readable file, got "${missing}" (ENOENT)`,
    `SESSION_KEY_FILE: must name a file of at least 16 characters, got "${short}"`,
    'MAX_CONNECTIONS: must be a whole number 1..10000, got "8e1"',
  ]);
});

test("a secret never appears in a problem", () => {
  const key = secret("leaky-key", "hunter2");
  assert.ok(
    !problems({ ...complete, SESSION_KEY_FILE: key })
      .join()
      .includes("hunter2"),
  );
});
