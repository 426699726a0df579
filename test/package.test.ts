import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { execa } from "execa";
import { ROOT } from "./support/environments.ts";

/** An empty folder of somebody else's, with the packed package installed in it. */
let folder: string;
let npm: (...args: string[]) => Promise<string>;

/** The code block of the README that follows a heading. */
async function readmeExample(heading: string): Promise<string> {
  const text = await readFile(join(ROOT, "README.md"), "utf8");
  const section = text.slice(text.indexOf(heading));
  const code = /```ts\n([\s\S]*?)```/.exec(section)?.[1];
  assert.ok(code, `no example under ${heading}`);
  return code;
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-package-"));
  npm = async (...args) => (await execa("npm", args, { cwd: folder })).stdout;
  const { stdout } = await execa("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: ROOT,
  });
  const packed = JSON.parse(
    stdout.slice(stdout.indexOf("[") === -1 ? stdout.indexOf("{") : stdout.indexOf("[")),
  );
  const [file] = Array.isArray(packed) ? packed : Object.values<{ filename: string }>(packed);
  await writeFile(
    join(folder, "package.json"),
    '{ "name": "theirs", "private": true, "type": "module" }\n',
  );
  await npm("install", "--ignore-scripts", "--no-audit", "--no-fund", join(folder, file.filename));
});

after(() => rm(folder, { recursive: true, force: true }));

test("the README's example synthesizes in a project that only installs the package", async () => {
  await writeFile(join(folder, "main.mjs"), await readmeExample("## In your own cdktf app"));
  await execa("node", ["main.mjs"], { cwd: folder });
  const stack = JSON.parse(
    await readFile(join(folder, "cdktf.out/stacks/staging-app-api-1/cdk.tf.json"), "utf8"),
  );
  const [slot] = Object.values<{ name: string; memory: number }>(stack.resource.docker_container);
  assert.deepEqual([slot?.name, slot?.memory], ["plimsoll-staging-api-1", 300]);
});

test("its types are there for an editor", async () => {
  await writeFile(
    join(folder, "typed.mts"),
    'import { defineConfig } from "plimsoll/define";\n' +
      'defineConfig({ environments: { local: { services: { api: { kind: "app", slots: "two" } } } } });\n',
  );
  const { exitCode, stdout } = await execa(
    join(ROOT, "node_modules/.bin/tsc"),
    [
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--target",
      "es2023",
      "typed.mts",
    ],
    { cwd: folder, reject: false },
  );
  assert.notEqual(exitCode, 0);
  assert.match(stdout, /Type 'string' is not assignable to type 'number/);
});
