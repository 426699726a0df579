import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { execa } from "execa";
import { addNpmFile } from "../../cli/images/npm-file.ts";
import type { NpmFile } from "../../images/image.ts";

const TIMEOUT_MS = 60_000;

let folder: string;
let integrity: string;
let archive: Buffer;

/** A registry with one package. */
const registry = createServer((request, response) => {
  if (request.url?.endsWith(".tgz")) {
    response.end(archive);
    return;
  }
  const { port } = registry.address() as AddressInfo;
  const dist = { integrity, tarball: `http://127.0.0.1:${port}/ballast-1.0.0.tgz` };
  const versions = { "1.0.0": { name: "ballast", version: "1.0.0", dist } };
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ name: "ballast", "dist-tags": { latest: "1.0.0" }, versions }));
});

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-test-"));
  const source = join(folder, "package");
  await mkdir(join(source, "bin"), { recursive: true });
  await writeFile(join(source, "package.json"), '{"name":"ballast","version":"1.0.0"}');
  await writeFile(join(source, "bin/ballast"), "#!/bin/sh\n", { mode: 0o755 });
  await execa("tar", ["-czf", "ballast.tgz", "package"], { cwd: folder });
  archive = await readFile(join(folder, "ballast.tgz"));
  integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  process.env["npm_config_registry"] =
    `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
  process.env["npm_config_cache"] = join(folder, "cache");
});

after(async () => {
  registry.close();
  await rm(folder, { recursive: true, force: true });
});

async function add(file: Partial<NpmFile>): Promise<string> {
  const context = await mkdtemp(join(folder, "context-"));
  const ballast = {
    packageName: "ballast",
    version: "1.0.0",
    source: "bin/ballast",
    destination: "program",
  };
  await addNpmFile({ ...ballast, integrity, ...file }, context);
  return context;
}

test("a file of a published package gets into the context, nothing else does", {
  timeout: TIMEOUT_MS,
}, async () => {
  const context = await add({});
  assert.deepEqual(await readdir(context), ["program"]);
  assert.equal(await readFile(join(context, "program"), "utf8"), "#!/bin/sh\n");
  assert.equal((await stat(join(context, "program"))).mode & 0o111, 0o111);
});

test("another archive than the pinned one is refused", { timeout: TIMEOUT_MS }, async () => {
  await assert.rejects(
    add({ integrity: "sha512-AAAA" }),
    /npm package ballast@1\.0\.0: integrity must be sha512-AAAA, got sha512-/,
  );
});

test("a version that the registry lacks is the operator's error", {
  timeout: TIMEOUT_MS,
}, async () => {
  await assert.rejects(add({ version: "9.9.9" }), /npm package ballast@9\.9\.9: must be fetched/);
});
