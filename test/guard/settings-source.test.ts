import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { loadSettings } from "../../guard/settings-source.ts";

const BACKENDS = { GUARD_BACKENDS: "a=http://a:1", MAX_CONCURRENT: "4" };

function fileOf(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "guard-config-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "guard.json");
  writeFileSync(path, text);
  return path;
}

test("without a file the environment is all", () => {
  assert.equal(loadSettings(BACKENDS).backends[0]?.concurrency, 4);
});

test("the file's environment goes over the process' own", (t) => {
  const path = fileOf(t, '{"environment": {"MAX_CONCURRENT": "7", "GUARD_QUEUE_REQUESTS": "3"}}');
  const { backends, queueRequests } = loadSettings({ ...BACKENDS, GUARD_CONFIG: path });
  assert.deepEqual([backends[0]?.concurrency, queueRequests], [7, 3]);
});

test("a file may say nothing about the environment", (t) => {
  const path = fileOf(t, "{}");
  assert.equal(loadSettings({ ...BACKENDS, GUARD_CONFIG: path }).backends[0]?.concurrency, 4);
});

const WRONG = [
  "",
  "[]",
  "7",
  "null",
  '{"environment": []}',
  '{"environment": {"MAX_CONCURRENT": 7}}',
];
for (const text of WRONG) {
  test(`a file with ${text || "nothing"} is refused`, (t) => {
    const path = fileOf(t, text);
    assert.throws(() => loadSettings({ ...BACKENDS, GUARD_CONFIG: path }), {
      name: "SettingsError",
      message:
        /^GUARD_CONFIG: must be a JSON object whose `environment`.*; correct \/.*guard\.json$/,
    });
  });
}

test("so is a file that is not there", () => {
  assert.throws(() => loadSettings({ ...BACKENDS, GUARD_CONFIG: "/nowhere/guard.json" }), {
    name: "SettingsError",
    message: /^GUARD_CONFIG: .*ENOENT/,
  });
});
