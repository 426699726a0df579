import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { execa } from "execa";
import { ROOT } from "../support/environments.ts";

/** What the host program asks of sshd before it closes every port but the declared ones, with sshd played by a script. */
let folder: string;

const PARTS = ["base", "preflight", "door"];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-ssh-"));
  await mkdir(join(folder, "bin"));
  const sshd = join(folder, "bin/sshd");
  // Source: OpenSSH, sshd.c.
  await writeFile(
    sshd,
    `#!/bin/sh
[ -d ${folder}/sshd ] || { echo 'Missing privilege separation directory: /run/sshd' >&2; exit 255; }
echo 'port 22'\n`,
  );
  await chmod(sshd, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

async function requirePort(port: number) {
  const parts = PARTS.map((part) => `. ${join(ROOT, "templates/host/apply", part)}.sh`);
  const places = `SSHD_FOLDER=${folder}/sshd SSH_PORT=${port}`;
  const script = ["set -eu", "umask 022", ...parts, places, "require_ssh_port"].join("\n");
  const PATH = `${join(folder, "bin")}:${process.env["PATH"]}`;
  return execa("sh", ["-c", script], { reject: false, env: { PATH } });
}

test("where a socket starts sshd and nobody has come in yet, it is asked for its port all the same", async () => {
  const { exitCode, stderr } = await requirePort(22);
  assert.deepEqual([exitCode, stderr], [0, ""]);
  assert.equal((await stat(join(folder, "sshd"))).mode & 0o777, 0o755);
});

test("a port that sshd does not listen on is refused with those that it does", async () => {
  const { exitCode, stderr } = await requirePort(2222);
  assert.equal(exitCode, 3);
  assert.equal(
    stderr,
    "host.sshPort: must be one that sshd listens on, got 2222; it listens on 22",
  );
});
