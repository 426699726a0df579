import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { styleText } from "node:util";
import { execa } from "execa";
import { check, findingsText } from "../../cli/check.ts";
import { loadConfig } from "../../config/load.ts";
import { localWith, ROOT } from "../support/environments.ts";

/** `./plimsoll check` with a config of its own. */
async function checkConfig(t: TestContext, text: string, ...args: string[]) {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-check-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "plimsoll.config.ts");
  await writeFile(file, text);
  return execa("node", ["--import", "tsx", "cli/main.ts", "check", ...args], {
    cwd: ROOT,
    reject: false,
    // No Docker, no Terraform: nothing but Node is in reach.
    env: { PLIMSOLL_CONFIG: file, PATH: join(process.execPath, "..") },
    extendEnv: false,
  });
}

test("the shipped environments hold, and what somebody should have meant is a warning", async () => {
  const { holds, warnings, errors } = check(await loadConfig(ROOT, {}));
  assert.deepEqual(
    holds.map((line) => line.split(":")[0]),
    ["local", "staging", "production"],
  );
  assert.deepEqual(errors, []);
  assert.deepEqual(warnings, [
    "environments.production.tls: a public name is served with TLS, got plain HTTP for chat.example.com; set tls, or put what ends it in front",
  ]);
});

test("every environment is checked, whatever the one before it got wrong", () => {
  const tooMany = localWith({ services: { chat: { slots: 9 } } });
  const { holds, errors } = check([tooMany, localWith({})]);
  assert.equal(holds.length, 1);
  assert.match(errors[0] ?? "", /^environments\.local\.?:? ?server\.memory: /);
});

test("errors, warnings and what holds have a mark and a colour each", () => {
  const findings = { holds: ["a"], warnings: ["b"], errors: ["c", "d"] };
  assert.equal(findingsText(findings, false), "✓ a\n! b\n✗ c\n✗ d\n\n2 errors, 1 warning");
  assert.ok(
    findingsText(findings, true).startsWith(
      `${styleText("green", "✓", { validateStream: false })} a\n`,
    ),
  );
});

test("a config that breaks a rule ends with 2, all its problems told, without Docker or Terraform", async (t) => {
  const config =
    'export const config = { environments: { local: { port: 0, services: { chat: { kind: "app", image: "a:1", limit: "300", memoryPerRequest: "1MiB" } } } } };';
  const { exitCode, stdout } = await checkConfig(t, config);
  assert.equal(exitCode, 2);
  assert.equal(
    stdout,
    `✗ environments.local.port: must be a port from 1 to 65535, got 0
✗ environments.local.services.chat.limit: must be a size with KiB, MiB or GiB, got "300"; write it like "300MiB"

2 errors, 0 warnings`,
  );
  const json = await checkConfig(t, config, "--json");
  assert.equal(json.exitCode, 2);
  assert.equal(JSON.parse(json.stdout).errors.length, 2);
});

test("a config that holds ends with 0; an environment that is not there with 2", async (t) => {
  const config =
    'export const config = { environments: { local: { services: { chat: { kind: "app", image: "a:1", limit: "300MiB", memoryPerRequest: "1MiB" } } } } };';
  const { exitCode, stdout, stderr } = await checkConfig(t, config);
  assert.deepEqual([exitCode, stderr], [0, ""]);
  assert.match(stdout, /^✓ local: the config is valid, .*\n\n0 errors, 0 warnings$/);
  const { exitCode: unknown, stdout: text } = await checkConfig(t, config, "prod");
  assert.equal(unknown, 2);
  assert.match(text, /no environment named prod; use one of local/);
});
