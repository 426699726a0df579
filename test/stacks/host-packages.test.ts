import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { execa } from "execa";
import { ROOT } from "../support/environments.ts";

/** What the host program notes of packages and asks before they go, with Debian's programs and docker played by scripts. */
let folder: string;

const PARTS = ["base", "packages", "remove"];
const KEPT = "or keep the packages";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-packages-"));
  for (const one of ["bin", "state", "run"]) await mkdir(join(folder, one));
  await play("dpkg-query", "printf installed");
  await play("docker", ":");
  await play("apt-get", ":");
});
afterEach(() => rm(folder, { recursive: true }));

async function play(program: string, script: string): Promise<void> {
  const file = join(folder, "bin", program);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

const noted = () => readFile(join(folder, "state/packages"), "utf8");
const note = (...names: string[]) =>
  writeFile(join(folder, "state/packages"), names.map((name) => `${name}\n`).join(""));

/** Runs one function of the program. */
async function run(line: string) {
  const parts = PARTS.map((part) => `. ${join(ROOT, "templates/host/apply", part)}.sh`);
  const script = ["set -eu", ...parts, `STATE=${folder}/state RUN=${folder}/run`, line].join("\n");
  const PATH = `${join(folder, "bin")}:${process.env["PATH"]}`;
  return execa("sh", ["-c", script], { reject: false, env: { PATH } });
}

test("what comes along with a package is noted before any of it is there, and an upgrade is not", async () => {
  await play(
    "apt-get",
    `cat <<END
Inst containerd (1.7.24 Debian:13/stable [amd64])
Inst libc6 [2.41-1] (2.41-2 Debian:13/stable [amd64])
Inst docker.io (26.1.5 Debian:13/stable [amd64])
Conf docker.io (26.1.5 Debian:13/stable [amd64])
END`,
  );
  const { exitCode, stderr } = await run("note_packages docker.io");
  assert.equal(exitCode, 0, stderr);
  assert.equal(await noted(), "containerd\ndocker.io\n");
});

test("packages that nothing else needs, and a Docker that holds nothing, may go", async () => {
  await note("containerd", "docker.io");
  await play("apt-get", "printf 'Purg docker.io [26.1.5]\\nPurg containerd [1.7.24]\\n'");
  const { exitCode, stderr } = await run("require_unneeded_packages");
  assert.deepEqual([exitCode, stderr], [0, ""]);
});

test("a package that would go with them is told, with the command that takes it first", async () => {
  await note("iptables", "libnftnl11");
  await play(
    "apt-get",
    "printf 'Purg ufw [0.36]\\nPurg iptables [1.8]\\nPurg libnftnl11 [1.2]\\n'",
  );
  const { exitCode, stderr } = await run("require_unneeded_packages");
  assert.deepEqual(
    [exitCode, stderr],
    [
      3,
      `host: Plimsoll's packages must be needed by nothing else before they go, got ufw; remove them first (apt-get remove ufw), ${KEPT}`,
    ],
  );
});

test("a Docker that holds containers or volumes is told by their names", async () => {
  await note("docker.io");
  await play(
    "docker",
    'case $1 in ps) echo "container shop" ;; volume) echo "volume sales" ;; esac',
  );
  const { exitCode, stderr } = await run("require_unneeded_packages");
  assert.deepEqual(
    [exitCode, stderr],
    [
      3,
      `host: Docker must hold nothing before it goes, got container shop, volume sales; remove that (docker rm, docker volume rm), ${KEPT}`,
    ],
  );
});

test("a Docker that does not answer may hold anything", async () => {
  await note("docker.io");
  await play("docker", "exit 1");
  const { exitCode, stderr } = await run("require_unneeded_packages");
  assert.equal(exitCode, 3);
  assert.equal(
    stderr,
    "host: Docker must say what it holds before it goes, got no answer; start it (systemctl start docker)",
  );
});

test("a Docker that was there before is asked nothing", async () => {
  await note("nftables");
  await play("docker", "exit 1");
  const { exitCode, stderr } = await run("require_unneeded_packages");
  assert.deepEqual([exitCode, stderr], [0, ""]);
});
