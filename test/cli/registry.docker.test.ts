import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { execa, type ResultPromise } from "execa";
import { pin } from "../../cli/images/pin.ts";
import { registryAnswers } from "../../cli/images/registry.ts";
import { terminalReport } from "../../cli/report.ts";
import { installPackages } from "../../cli/setup/apt.ts";
import { findProgram } from "../../cli/setup/program.ts";
import { openTarget } from "../../cli/target.ts";
import { docker, inspect } from "../support/docker.ts";
import { freePort } from "../support/free-ports.ts";
import { type Sandbox, sandbox, TINY } from "../support/sandbox.ts";

/** A real container registry on loopback, with the tiny app in it. */
let registry: ResultPromise;
let folder: string;
let name: string;
let box: Sandbox;
let port: number;

const READY_WITHIN_MS = 30_000;
const target = openTarget("local");

before(async () => {
  if (!(await findProgram("docker-registry"))) {
    await installPackages("container registry", ["docker-registry"], terminalReport);
  }
  folder = await mkdtemp(join(tmpdir(), "plimsoll-registry-"));
  const registryPort = await freePort();
  name = `127.0.0.1:${registryPort}/tiny`;
  const config = {
    version: 0.1,
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: { addr: `127.0.0.1:${registryPort}` },
  };
  await writeFile(join(folder, "config.yml"), JSON.stringify(config));
  registry = execa("docker-registry", ["serve", join(folder, "config.yml")], { reject: false });
  const end = Date.now() + READY_WITHIN_MS;
  while (!(await registryAnswers(`http://127.0.0.1:${registryPort}`))) {
    assert.ok(Date.now() < end, "the registry does not answer");
    await wait(100);
  }
  port = await freePort();
  box = await sandbox({ local: { address: "127.0.0.1", port, services: TINY } });
});

after(async () => {
  await box.dispose();
  registry.kill();
  await registry;
  await rm(folder, { recursive: true });
  for (const image of [`${name}:1`, `${name}:2`])
    await execa("docker", ["image", "rm", image], { reject: false });
});

async function push(tag: string): Promise<void> {
  const [image] = await inspect(`${box.project}-local-chat-1`);
  await docker("tag", image.Image, `${name}:${tag}`);
  await docker("push", "--quiet", `${name}:${tag}`);
  await docker("image", "rm", `${name}:${tag}`);
}

test("an app's image comes from a registry by digest, and a second up changes nothing", async () => {
  const built = await box.run(["up"]);
  assert.equal(built.exitCode, 0, built.stderr);
  await push("1");
  const digests = await pin([`${name}:1`], {}, target);
  const digest = digests[`${name}:1`] ?? "";
  assert.match(digest, new RegExp(`^${name}@sha256:[0-9a-f]{64}$`));
  await docker("image", "rm", `${name}:1`);
  const chat = { ...TINY["chat"], build: null, image: digest };
  await box.configure({ local: { address: "127.0.0.1", port, services: { ...TINY, chat } } });
  const pulled = await box.run(["up", "--yes"]);
  assert.equal(pulled.exitCode, 0, pulled.stderr);
  const again = await box.run(["up"]);
  assert.equal(again.exitCode, 0, again.stderr);
  const unchanged = [...again.stderr.matchAll(/^\s*(\S+): no changes$/gm)].map(
    ([, stack]) => stack,
  );
  assert.deepEqual(unchanged, ["local-host", "local-data", "local-app-chat-1", "local-edge"]);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/x`)).text(), "chat-1 /x\n");
});

test("a tag that was moved keeps the digest that is known", async () => {
  const known = { [`${name}:1`]: `${name}@sha256:${"0".repeat(64)}` };
  assert.deepEqual(await pin([`${name}:1`], known, target), known);
});

test("a tag that the target cannot pull is not pinned", async () => {
  assert.deepEqual(await pin([`${name}:missing`], {}, target), {});
});

test("an image that no registry has is named, with what to do", async () => {
  const chat = { ...TINY["chat"], build: null, image: `${name}:missing` };
  await box.configure({ local: { address: "127.0.0.1", port, services: { ...TINY, chat } } });
  const { exitCode, stderr } = await box.run(["up", "--yes"]);
  assert.equal(exitCode, 2);
  assert.match(stderr, new RegExp(`${name}:missing`));
});
