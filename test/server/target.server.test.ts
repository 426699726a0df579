import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { execa } from "execa";
import { terminalReport } from "../../cli/report.ts";
import { type Sandbox, sandbox } from "../support/sandbox.ts";
import { bootServer, type VirtualServer } from "./virtual-server.ts";

/** A server with Docker, whose host is nobody's to change. */
let server: VirtualServer;
let box: Sandbox;

const up = (sshOptions: readonly string[]) =>
  box.run(["up", "staging", "--target", server.target], {
    env: { PLIMSOLL_SSH_OPTIONS: sshOptions.join(" ") },
  });

before(async () => {
  server = await bootServer({ report: terminalReport });
  box = await sandbox({ staging: {} });
});

after(async () => {
  await server?.powerOff();
  await box?.forget();
});

test("a server that refuses the key says so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-key-"));
  try {
    const key = join(folder, "stranger");
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const known = server.sshOptions.filter((option) => !/IdentityFile|ControlPath/i.test(option));
    const options = [...known, `-oIdentityFile=${key}`, `-oControlPath=${folder}/%C`];
    const { exitCode, stderr } = await up(options);
    assert.equal(exitCode, 2);
    assert.match(stderr, /refuses the key; add your public key to the server's authorized_keys/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a server without Docker says so", async () => {
  await server.run(["mv", "/usr/bin/docker", "/usr/bin/docker.away"]);
  const { exitCode, stderr } = await up(server.sshOptions);
  await server.run(["mv", "/usr/bin/docker.away", "/usr/bin/docker"]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /has no Docker; install Docker Engine there/);
});

test("a server whose Docker is not running says so", async () => {
  await server.run(["systemctl", "stop", "docker.socket", "docker.service"]);
  const { exitCode, stderr } = await up(server.sshOptions);
  assert.equal(exitCode, 2);
  assert.match(stderr, /has a Docker that is not running; start it/);
});
