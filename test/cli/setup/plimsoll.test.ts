import assert from "node:assert/strict";
import { once } from "node:events";
import { watch } from "node:fs";
import { chmod, copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { Machine } from "./support/machine.ts";

const SCRIPT = fileURLToPath(new URL("../../../plimsoll", import.meta.url));
const TSX = fileURLToPath(new URL("../../../node_modules/tsx", import.meta.url));
const NODE_PACKAGE = `node-linux-${process.arch}`;
const CACHED = "cache/plimsoll/node/24.21.0/bin/node";

const MAIN = `const { PLIMSOLL_CWD, PATH } = process.env;
const args: string[] = process.argv.slice(2);
console.log(JSON.stringify({ args, cwd: process.cwd(), from: PLIMSOLL_CWD, path: PATH?.split(":")[0] }));
`;

/** Programs that the script may expect of any system. */
const SYSTEM = ["cat", "cksum", "flock", "id", "mkdir", "mktemp", "mv", "readlink", "rm", "uname"];

/** A checkout of one file, on a machine with Node and an npm that puts the packages in place. */
async function project(t: TestContext): Promise<Machine> {
  const machine = await Machine.create(t);
  await mkdir(machine.at("project/cli"), { recursive: true });
  await copyFile(SCRIPT, machine.at("project/plimsoll"));
  await chmod(machine.at("project/plimsoll"), 0o755);
  await writeFile(machine.at("project/package.json"), '{ "type": "module" }');
  await writeFile(machine.at("project/package-lock.json"), "one");
  await writeFile(machine.at("project/cli/main.ts"), MAIN);
  for (const name of SYSTEM) await machine.program(name, `exec ${name} "$@"`);
  await symlink(process.execPath, machine.at("bin/node"));
  await npm(machine);
  return machine;
}

/** npm that takes `install` for Node itself and `ci` for the packages; `ci` begins with the given lines. */
const npm = (machine: Machine, ci = "") =>
  machine.program(
    "npm",
    `echo "npm $*" >>"$HERE/log"
    case $1 in
      ci)
        rm -rf node_modules; ${ci}
        mkdir node_modules && ln -s '${TSX}' node_modules/tsx; echo noise ;;
      install)
        to="$3/node_modules/${NODE_PACKAGE}/bin"
        mkdir -p "$to" && printf '#!/bin/sh\\n%s\\n' 'exec ${process.execPath} "$@"' >"$to/node"
        chmod 755 "$to/node"; echo noise ;;
    esac`,
  );

interface Run {
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly script?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function run(machine: Machine, { args = [], cwd, script, env = {} }: Run = {}) {
  return execa(script ?? machine.at("project/plimsoll"), args, {
    cwd: cwd ?? machine.folder,
    reject: false,
    extendEnv: false,
    timeout: 60_000,
    env: {
      PATH: machine.at("bin"),
      HOME: machine.folder,
      XDG_CACHE_HOME: machine.at("cache"),
      ...env,
    },
  });
}

const CI = "npm ci --ignore-scripts --no-audit --no-fund --include=dev";
const INSTALLING = "plimsoll: node packages: installing what package-lock.json names (npm ci)";

test("installs the packages once, with one line, and hands over", async (t) => {
  const machine = await project(t);
  const first = await run(machine, { args: ["up", "a b", "--target", ""] });
  assert.equal(first.stderr, INSTALLING);
  assert.deepEqual(JSON.parse(first.stdout), {
    args: ["up", "a b", "--target", ""],
    cwd: machine.at("project"),
    from: machine.folder,
    path: machine.at("bin"),
  });

  const second = await run(machine);
  assert.equal(second.stderr, "");
  assert.deepEqual(await machine.log(), [CI]);
});

test("installs them again when the lock file has changed", async (t) => {
  const machine = await project(t);
  await run(machine);
  await writeFile(machine.at("project/package-lock.json"), "two");
  assert.equal((await run(machine)).stderr, INSTALLING);
  assert.equal((await run(machine)).stderr, "");
  assert.deepEqual(await machine.log(), [CI, CI]);
});

test("repeats an install that was broken off", async (t) => {
  const machine = await project(t);
  await npm(machine, '[ -e "$HERE/again" ] || { mkdir node_modules; exec sleep 60; };');
  const started = new AbortController();
  const watcher = watch(machine.folder, (_event, name) => {
    if (name === "log") started.abort();
  });
  t.after(() => watcher.close());
  const broken = execa(machine.at("project/plimsoll"), [], {
    cwd: machine.folder,
    env: { PATH: machine.at("bin") },
    extendEnv: false,
    detached: true,
    reject: false,
  });
  await once(started.signal, "abort");
  // Ctrl-C reaches the whole group.
  process.kill(-(broken.pid ?? 0), "SIGINT");
  assert.notEqual((await broken).exitCode, 0);

  await writeFile(machine.at("again"), "");
  const { exitCode, stderr } = await run(machine);
  assert.equal(exitCode, 0);
  assert.equal(stderr, INSTALLING);
});

test("two runs at once install once", async (t) => {
  const machine = await project(t);
  const untilToldTo =
    'n=0; while ! [ -e "$HERE/go-on" ] && [ $n -lt 600 ]; do sleep 0.05; n=$((n+1)); done;';
  await npm(machine, untilToldTo);
  const runs = [run(machine), run(machine)];
  const seen = new AbortController();
  for (const one of runs) {
    one.stderr.on("data", (text: Buffer) => {
      if (text.includes("another run is installing, waiting for it")) seen.abort();
    });
  }
  await once(seen.signal, "abort");
  await writeFile(machine.at("go-on"), "");
  for (const { exitCode } of await Promise.all(runs)) assert.equal(exitCode, 0);
  assert.deepEqual(await machine.log(), [CI]);
});

test("shows npm's words only when it fails", async (t) => {
  const machine = await project(t);
  await npm(machine, "echo 'npm error ETARGET' >&2; exit 1;");
  const { exitCode, stderr } = await run(machine);
  assert.equal(exitCode, 2);
  assert.equal(
    stderr,
    `${INSTALLING}\nnpm error ETARGET\nplimsoll: node packages: npm ci failed (above, and in ${machine.at("project")}/.plimsoll/npm.log); put that right, then run this again`,
  );
});

test("finds its folder through links, from anywhere", async (t) => {
  const machine = await project(t);
  await mkdir(machine.at("links"));
  await symlink("../project/plimsoll", machine.at("links/relative"));
  await symlink(machine.at("links/relative"), machine.at("bin/plimsoll"));
  for (const script of [machine.at("links/relative"), machine.at("bin/plimsoll"), "plimsoll"]) {
    const { stdout } = await run(machine, { script, cwd: machine.at("links") });
    const { cwd, from } = JSON.parse(stdout) as { cwd: string; from: string };
    assert.equal(cwd, machine.at("project"));
    assert.equal(from, machine.at("links"));
  }
});

test("takes Node from its cache where the one in PATH is too old", async (t) => {
  const machine = await project(t);
  await machine.program("node", "echo v18.20.4");
  await mkdir(dirname(machine.at(CACHED)), { recursive: true });
  await symlink(process.execPath, machine.at(CACHED));
  const { stdout, stderr } = await run(machine);
  assert.equal(stderr, INSTALLING);
  assert.equal((JSON.parse(stdout) as { path: string }).path, dirname(machine.at(CACHED)));
});

test("has npm fetch Node where there is none that is new enough", async (t) => {
  const machine = await project(t);
  await machine.program("node", "echo v20.11.1");
  const first = await run(machine);
  assert.equal(
    first.stderr,
    `plimsoll: node: Node 20.12 or newer is needed, found 20.11.1; installing ${NODE_PACKAGE} 24.21.0 into ${machine.at("cache/plimsoll")}\n${INSTALLING}`,
  );
  const second = await run(machine);
  assert.equal(second.stderr, "");
  assert.equal(second.stdout, first.stdout);
  assert.equal((await machine.log()).length, 2);
});

test("says what is missing to an ordinary user without npm", async (t) => {
  const machine = await project(t);
  await machine.program("node", "echo v18.20.4");
  await machine.program("id", "echo 1000");
  await rm(machine.at("bin/npm"));
  const { exitCode, stderr } = await run(machine);
  assert.equal(exitCode, 2);
  assert.equal(
    stderr,
    "plimsoll: node: Node 20.12 or newer is needed, found 18.20.4: npm is missing; install Node 20.12 or newer with npm (nodejs.org), or on Debian or Ubuntu run this as root",
  );
});

test("as root on Debian or Ubuntu installs Node and npm from the distribution first", async (t) => {
  const machine = await project(t);
  await rm(machine.at("bin/node"));
  await machine.program("id", "echo 0");
  await mkdir(machine.at("pool"));
  await copyFile(machine.at("bin/npm"), machine.at("pool/npm"));
  await rm(machine.at("bin/npm"));
  await symlink(process.execPath, machine.at("pool/node"));
  await machine.program(
    "apt-get",
    `echo "apt-get $*" >>"$HERE/log"
    case $* in *install*) cp -P "$HERE/pool/node" "$HERE/pool/npm" "$HERE/bin/" ;; esac`,
  );
  const { exitCode, stderr } = await run(machine);
  assert.equal(exitCode, 0);
  assert.equal(
    stderr,
    `plimsoll: node: Node 20.12 or newer is needed, found none: installing nodejs npm (apt-get)\n${INSTALLING}`,
  );
  assert.deepEqual(await machine.log(), [
    "apt-get update",
    "apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends --no-remove nodejs npm",
    CI,
  ]);
});
