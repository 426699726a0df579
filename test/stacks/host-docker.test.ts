import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { execa } from "execa";
import { ROOT } from "../support/environments.ts";

/** How the host program has Docker take its settings, with dockerd and systemctl played by scripts. */
let folder: string;

const PARTS = ["base", "files", "merge", "docker"];
const DAEMON = "/etc/docker/daemon.json";
/** Of Docker 20.10, Debian 12's. */
const CANNOT_BE_ASKED = `printf '%s\\n' 'Status: unknown flag: --validate' "See 'dockerd --help'., Code: 125" >&2; exit 125`;
const REFUSES =
  "echo 'unable to configure the Docker daemon: the following directives dont match' >&2; exit 1";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-docker-"));
  for (const one of ["bin", "state", "run"]) await mkdir(join(folder, one));
  await writeFile(join(folder, "state/pending"), `${DAEMON}\n`);
  await play("systemctl", `echo "$*" >>${folder}/calls`);
});
afterEach(() => rm(folder, { recursive: true }));

async function play(program: string, script: string): Promise<void> {
  const file = join(folder, "bin", program);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

async function converge() {
  const parts = PARTS.map((part) => `. ${join(ROOT, "templates/host/apply", part)}.sh`);
  const places = `STATE=${folder}/state RUN=${folder}/run`;
  const script = ["set -eu", ...parts, places, "converge_docker"].join("\n");
  const PATH = `${join(folder, "bin")}:${process.env["PATH"]}`;
  return execa("sh", ["-c", script], { reject: false, env: { PATH } });
}

const calls = async () => (await readFile(join(folder, "calls"), "utf8")).trim().split("\n");

test("a Docker that cannot be asked about its settings is started with them all the same", async () => {
  await play("dockerd", CANNOT_BE_ASKED);
  const { exitCode, stdout, stderr } = await converge();
  assert.deepEqual([exitCode, stderr], [0, ""]);
  assert.equal(stdout, "changed docker: restarted");
  assert.ok((await calls()).includes("restart docker.service"));
});

test("a Docker that refuses its settings is not restarted, and its word is told", async () => {
  await play("dockerd", REFUSES);
  const { exitCode, stderr } = await converge();
  assert.equal(exitCode, 3);
  await assert.rejects(calls, { code: "ENOENT" });
  assert.equal(
    stderr,
    "unable to configure the Docker daemon: the following directives dont match\n" +
      "host: this Docker must take /etc/docker/daemon.json, got the error above; upgrade Docker",
  );
});

test("a Docker that does not start with its settings is told with the line that says why", async () => {
  await play("dockerd", CANNOT_BE_ASKED);
  await play("systemctl", 'case $* in "restart docker.service") exit 1 ;; esac');
  const { exitCode, stderr } = await converge();
  assert.equal(exitCode, 3);
  assert.equal(
    stderr,
    "host: Docker must start with /etc/docker/daemon.json, got a failure; journalctl --unit=docker says why",
  );
});
