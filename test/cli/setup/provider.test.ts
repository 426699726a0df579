import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { existsSync, watch } from "node:fs";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { type TestContext, test } from "node:test";
import { Machine } from "./support/machine.ts";

const PLATFORM = `${process.platform}_${process.arch === "x64" ? "amd64" : "arm64"}`;
const BINARY = `kreuzwerker/docker/4.6.0/${PLATFORM}/terraform-provider-docker_v4.6.0`;
const NO_REGISTRY = "http://127.0.0.1:1";

const mirror = (machine: Machine) => machine.at("cache/plimsoll/terraform/providers");
const binary = (machine: Machine, host = "registry.terraform.io") =>
  `${mirror(machine)}/${host}/${BINARY}`;

const ensure = (machine: Machine, registry: string, env: Record<string, string> = {}) =>
  machine.call("provider.ts", "ensureProvider", { args: ["@report", registry], env });

const variables = (machine: Machine) =>
  JSON.stringify({
    TF_CLI_CONFIG_FILE: machine.at("cache/plimsoll/terraform/cli.tfrc"),
    TF_CLI_ARGS_providers_lock: `-fs-mirror=${mirror(machine)}`,
  });

/** A Go toolchain that answers as the real one does; its `build` runs the given lines when half of its file is written. */
const goToolchain = (machine: Machine, build = "") =>
  machine.program(
    "go",
    `case $1 in
      env) echo go1.26.8 ;;
      list) echo 'go: downloading example.org/a v1.0.0' >&2; seq 20 ;;
      build)
        while [ "$1" != -o ]; do shift; done
        printf half >"$2"
        echo "build" >>"$HERE/log"
        ${build}
        seq 20 >&2
        echo built >"$2" ;;
    esac`,
  );

async function registryOf(t: TestContext) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    response.end('{"providers.v1":"/v1/providers/"}');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function fillMirror(machine: Machine): Promise<void> {
  await mkdir(dirname(binary(machine)), { recursive: true });
  await writeFile(binary(machine), "built before");
  await chmod(binary(machine), 0o755);
}

test("a registry that answers is enough", async (t) => {
  const machine = await Machine.create(t);
  const { url } = await registryOf(t);
  const { stdout, stderr } = await ensure(machine, url);
  assert.equal(stdout, "{}");
  assert.equal(stderr, "");
});

test("a mirror wins, and the registry is not asked", async (t) => {
  const machine = await Machine.create(t);
  const { url, requests } = await registryOf(t);
  await fillMirror(machine);
  const { stdout, stderr } = await ensure(machine, url);
  assert.equal(stdout, variables(machine));
  assert.equal(stderr, "");
  assert.deepEqual(requests, []);
});

test("the mirror serves Terraform and OpenTofu, and everything else comes from where it always does", async (t) => {
  const machine = await Machine.create(t);
  await fillMirror(machine);
  await ensure(machine, NO_REGISTRY);
  assert.equal(await readFile(binary(machine, "registry.opentofu.org"), "utf8"), "built before");
  const config = await readFile(machine.at("cache/plimsoll/terraform/cli.tfrc"), "utf8");
  assert.equal(
    config,
    `provider_installation {
  filesystem_mirror {
    path    = "${mirror(machine)}"
    include = ["registry.terraform.io/kreuzwerker/docker","registry.opentofu.org/kreuzwerker/docker"]
  }
  direct {
    exclude = ["registry.terraform.io/kreuzwerker/docker","registry.opentofu.org/kreuzwerker/docker"]
  }
}
`,
  );
});

test("builds the provider where no registry answers, once", async (t) => {
  const machine = await Machine.create(t);
  await goToolchain(machine);
  const first = await ensure(machine, NO_REGISTRY);
  assert.equal(first.stdout, variables(machine));
  assert.match(
    first.stderr,
    /docker provider: the Terraform Registry does not answer; building 4\.6\.0/,
  );
  assert.match(first.stderr, /10 of 20 packages compiled/);
  assert.equal(await readFile(binary(machine), "utf8"), "built\n");
  assert.equal((await stat(binary(machine))).mode & 0o777, 0o755);

  const second = await ensure(machine, NO_REGISTRY);
  assert.equal(second.stdout, first.stdout);
  assert.equal(second.stderr, "");
  assert.deepEqual(await machine.log(), ["build"]);
});

test("two runs at once build it once", async (t) => {
  const machine = await Machine.create(t);
  // The first build lasts until the second run is seen waiting; 30 s at most.
  const untilToldTo =
    'n=0; while ! [ -e "$HERE/go-on" ] && [ $n -lt 600 ]; do sleep 0.05; n=$((n+1)); done';
  await goToolchain(machine, untilToldTo);
  const waiting = new EventEmitter();
  const runs = [ensure(machine, NO_REGISTRY), ensure(machine, NO_REGISTRY)];
  for (const run of runs) {
    run.stderr.on("data", (text: Buffer) => {
      if (text.includes("docker provider: another run is making it, waiting for it"))
        waiting.emit("seen");
    });
  }
  await once(waiting, "seen");
  await writeFile(machine.at("go-on"), "");
  for (const { exitCode } of await Promise.all(runs)) assert.equal(exitCode, 0);
  assert.deepEqual(await machine.log(), ["build"]);
});

test("a build that was broken off leaves nothing in the way", async (t) => {
  const machine = await Machine.create(t);
  await goToolchain(machine, '[ -e "$HERE/again" ] || exec sleep 60');
  const building = new AbortController();
  const watcher = watch(machine.folder, (_event, name) => {
    if (name === "log") building.abort();
  });
  t.after(() => watcher.close());
  const run = ensure(machine, NO_REGISTRY);
  await once(building.signal, "abort");
  run.kill("SIGTERM");
  await run;
  assert.equal(existsSync(binary(machine)), false);

  await writeFile(machine.at("again"), "");
  assert.equal((await ensure(machine, NO_REGISTRY)).exitCode, 0);
  assert.deepEqual(await readdir(dirname(binary(machine))), ["terraform-provider-docker_v4.6.0"]);
});

test("a build that fails says why", async (t) => {
  const machine = await Machine.create(t);
  await goToolchain(machine, 'echo "dial tcp: no route to host" >&2; exit 1');
  const { exitCode, stderr } = await ensure(machine, NO_REGISTRY);
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    /docker provider: go build failed; see that the Go module proxy can be reached/,
  );
  assert.match(stderr, /dial tcp: no route to host/);
  assert.equal(existsSync(binary(machine)), false);
});

test("a TF_CLI_CONFIG_FILE that leads nowhere is taken out, another is left alone", async (t) => {
  const machine = await Machine.create(t);
  const { url } = await registryOf(t);
  await writeFile(machine.at("terraformrc"), "");
  const own = await ensure(machine, url, { TF_CLI_CONFIG_FILE: machine.at("terraformrc") });
  assert.equal(own.stdout, "{}");
  const gone = await ensure(machine, url, { TF_CLI_CONFIG_FILE: machine.at("gone") });
  assert.equal(gone.stdout, '{"TF_CLI_CONFIG_FILE":null}');
});
