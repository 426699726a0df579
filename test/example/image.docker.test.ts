import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { execa } from "execa";
import { testImages } from "../support/images.ts";
import { eventually, type Service, ServiceNetwork } from "./service-network.ts";

const EXAMPLE = new URL("../../example", import.meta.url).pathname;
const TEST = { timeout: 120_000 };
const secrets = mkdtempSync(join(tmpdir(), "plimsoll-secrets-"));

let network: ServiceNetwork;
let image = "";

before(async () => {
  for (const name of ["database-password", "cache-password", "session-key"]) {
    writeFileSync(join(secrets, name), "0123456789abcdef\n");
  }
  chmodSync(secrets, 0o755);
  const { node } = await testImages();
  await execa("npm", ["run", "build"], { cwd: EXAMPLE });
  const build = ["build", "--quiet", `--build-arg=NODE_IMAGE=${node}`, EXAMPLE];
  image = (await execa("docker", build)).stdout;
  network = await ServiceNetwork.create();
});

after(async () => {
  rmSync(secrets, { recursive: true });
  await network?.remove();
  // Without force an image that others share keeps its other names.
  if (image) await execa("docker", ["rmi", image], { reject: false });
});

/** As a stack runs it, but with nothing to talk to. */
function runApp(): Promise<Service> {
  return network.run({
    image,
    containerPort: 3000,
    options: [
      "--read-only",
      "--tmpfs=/tmp",
      `--volume=${secrets}:/run/secrets:ro`,
      "--cap-drop=ALL",
      "--security-opt=no-new-privileges",
    ],
    variables: {
      DATABASE_HOST: "127.0.0.1",
      DATABASE_NAME: "chat",
      DATABASE_USER: "chat",
      DATABASE_PASSWORD_FILE: "/run/secrets/database-password",
      CACHE_HOST: "127.0.0.1",
      CACHE_USER: "chat",
      CACHE_PASSWORD_FILE: "/run/secrets/cache-password",
      SESSION_KEY_FILE: "/run/secrets/session-key",
    },
  });
}

test(
  "it runs unprivileged on a read-only root, first in line for the OOM killer",
  TEST,
  async () => {
    const { port, exec } = await runApp();
    await eventually(async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok);
    assert.equal(await exec("bash", "-c", "cat /proc/1/oom_score_adj; id -u"), "400\n1000");
  },
);

test("without an environment it says what it needs", TEST, async () => {
  const run = ["run", "--rm", "--network=none", image];
  const { exitCode, stderr } = await execa("docker", run, { reject: false });
  assert.equal(exitCode, 2);
  assert.match(stderr, /^DATABASE_HOST: must be set$/m);
});
