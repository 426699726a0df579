import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { Machine } from "./support/machine.ts";

/** A module that asks for a Go which no machine that runs these tests has. */
async function machineWithModule(t: TestContext): Promise<Machine> {
  const machine = await Machine.create(t);
  await mkdir(machine.at("module"));
  await writeFile(machine.at("module/go.mod"), "module example\n\ngo 9.25.8\n");
  return machine;
}

const ensure = (machine: Machine, asNobody = false) =>
  machine.call("go.ts", "ensureGo", {
    args: ["docker provider", machine.at("module"), "@report"],
    asNobody,
  });

/** apt with one Go in its lists; installing it puts it in PATH. */
async function apt(machine: Machine, names: string, candidate: string): Promise<void> {
  await machine.program(
    "apt-cache",
    `case $1 in pkgnames) printf '${names}' ;; policy) echo "  Candidate: ${candidate}" ;; esac`,
  );
  await machine.program(
    "apt-get",
    `echo "apt-get $*" >>"$HERE/log"
    case $* in *install*) cp "$HERE/pool/go" "$HERE/bin/go"; echo 'Setting up golang' ;; esac`,
  );
  await machine.program("go", "echo go9.26.1", "pool");
}

test("takes a Go that is new enough", async (t) => {
  const machine = await machineWithModule(t);
  await machine.program("go", "echo go9.25.8");
  assert.equal((await ensure(machine)).stdout, '"go"');
});

test("an ordinary user is told which Go to install", async (t) => {
  const machine = await machineWithModule(t);
  await machine.program("go", "echo go9.24.0");
  const { exitCode, stderr } = await ensure(machine, true);
  assert.equal(exitCode, 2);
  assert.equal(
    stderr,
    "docker provider: the Terraform Registry does not answer, and building it needs Go 9.25.8 or newer, which is not here and cannot be installed from here (this user is not root); install Go (go.dev/dl), or set GOTOOLCHAIN=auto where there is Go 1.21 or newer, then run this again",
  );
});

test("a Go that refuses the module does not count", async (t) => {
  const machine = await machineWithModule(t);
  await machine.program("go", "echo 'go: go.mod requires go >= 9.25.8' >&2; exit 1");
  assert.equal((await ensure(machine, true)).exitCode, 2);
});

test("installs the newest Go of the distribution", async (t) => {
  const machine = await machineWithModule(t);
  await apt(
    machine,
    "golang-1.9-go\\ngolang-1.26-go\\ngolang-1.26-doc\\ngolang-1.25-go\\n",
    "9.26.1-1",
  );
  const { stdout, stderr } = await ensure(machine);
  assert.equal(stdout, '"go"');
  assert.match(stderr, /docker provider: installing golang-1\.26-go/);
  const log = await machine.log();
  assert.equal(log[0], "apt-get update");
  assert.match(log[1] ?? "", /install -y --no-install-recommends --no-remove golang-1\.26-go/);
});

test("installs none where the distribution's is too old", async (t) => {
  const machine = await machineWithModule(t);
  await apt(machine, "golang-1.19-go\\n", "1.19.8-2");
  const { exitCode, stderr } = await ensure(machine);
  assert.equal(exitCode, 2);
  assert.match(stderr, /cannot be installed from here \(the distribution's is older\)/);
  assert.equal(existsSync(machine.at("bin/go")), false);
});
