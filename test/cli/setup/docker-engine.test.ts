import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { execa } from "execa";
import { type Call, Machine } from "./support/machine.ts";

const SILENT =
  "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";

/** Answers as soon as a daemon of the test has said that it is up. */
const client = `case $1 in
  version) [ -e "$HERE/up" ] && echo 26.1.5 && exit 0; echo "${SILENT}" >&2; exit 1 ;;
  context) echo default ;;
esac`;

const ensure = (machine: Machine, call: Call = {}) =>
  machine.call("docker-engine.ts", "ensureDockerEngine", {
    ...call,
    args: [
      "@report",
      {
        logFile: machine.at("dockerd.log"),
        pidFile: machine.at("docker.pid"),
        containerdPidFile: machine.at("containerd.pid"),
        systemdFolder: machine.at("systemd"),
        programFolders: [machine.at("sbin")],
      },
    ],
  });

/** As the real one, it refuses to start beside what it takes for itself or its containerd. */
const refuseBesideLiving = `for file in docker.pid containerd.pid; do
  [ -e "$HERE/$file" ] && kill -0 "$(cat "$HERE/$file")" && echo "process is still running" && exit 1
done`;

/** dockerd says something, is up, and lasts a minute at most; the test ends it by its id. */
async function daemon(t: TestContext, machine: Machine, folder = "sbin"): Promise<void> {
  t.after(async () => {
    const pid = Number(await readFile(machine.at("docker.pid"), "utf8").catch(() => ""));
    // The test's own pid stands there where the daemon never started.
    if (pid > 0 && pid !== process.pid) process.kill(pid, "SIGKILL");
  });
  await machine.program(
    "dockerd",
    `${refuseBesideLiving}
echo "API listen on docker.sock"; echo $$ >"$HERE/docker.pid"; touch "$HERE/up"; exec sleep 60`,
    folder,
  );
}

/** apt, whose install puts what is in `pool/` where it belongs. */
async function apt(machine: Machine, dockerCli: string): Promise<void> {
  await machine.program("apt-cache", `echo "  Candidate: ${dockerCli}"`);
  await machine.program(
    "apt-get",
    `echo "apt-get $*" >>"$HERE/log"
    case $* in *" install "*)
      mkdir -p "$HERE/sbin"
      cp "$HERE/pool/dockerd" "$HERE/sbin/"
      cp "$HERE/pool/docker" "$HERE/bin/"
      echo 'Setting up docker.io' ;;
    esac`,
  );
  await machine.program("docker", client, "pool");
}

const packagesOf = (log: readonly string[]) =>
  log
    .at(-1)
    ?.split(" --no-remove ")
    .at(-1)
    ?.split(" ")
    .filter((name) => name !== "apparmor");

test("an engine that answers is left alone", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("docker", client);
  await writeFile(machine.at("up"), "");
  const { stdout, stderr } = await ensure(machine);
  assert.equal(stdout, '"26.1.5"');
  assert.equal(stderr, "");
});

test("installs the engine where there is only a client, and starts it", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("docker", client);
  await apt(machine, "26.1.5");
  await daemon(t, machine, "pool");
  const { stdout, stderr } = await ensure(machine);
  assert.equal(stdout, '"26.1.5"');
  const log = await machine.log();
  assert.equal(log[0], "apt-get update");
  assert.deepEqual(packagesOf(log), ["docker.io", "iptables"]);
  assert.match(stderr, /docker engine: installing docker\.io iptables/);
  assert.match(stderr, /Setting up docker\.io/);
  assert.match(stderr, /docker engine: starting it/);
  const pid = (await readFile(machine.at("docker.pid"), "utf8")).trim();
  assert.ok(stderr.includes(`pid ${pid}, log ${machine.at("dockerd.log")}`), stderr);
  assert.equal(await readFile(machine.at("dockerd.log"), "utf8"), "API listen on docker.sock\n");
  assert.match(stderr, /docker engine: 26\.1\.5 answers/);
});

test("installs the client too, by the name that the distribution has for it", async (t) => {
  for (const [candidate, expected] of [
    ["26.1.5+dfsg1-9", ["docker.io", "docker-cli", "iptables"]],
    ["(none)", ["docker.io", "iptables"]],
  ] as const) {
    const machine = await Machine.create(t);
    await apt(machine, candidate);
    await daemon(t, machine, "pool");
    assert.equal((await ensure(machine)).stdout, '"26.1.5"');
    assert.deepEqual(packagesOf(await machine.log()), expected);
  }
});

test("an install that fails says what apt-get said", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("apt-cache", "echo '  Candidate: (none)'");
  await machine.program("apt-get", "echo 'E: Unable to locate package docker.io' >&2; exit 100");
  const { exitCode, stderr } = await ensure(machine);
  assert.equal(exitCode, 2);
  assert.match(stderr, /docker engine: apt-get could not install docker\.io iptables; put right/);
  assert.match(stderr, /E: Unable to locate package docker\.io/);
});

test("starts an installed engine and installs nothing", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("docker", client);
  await apt(machine, "26.1.5");
  await daemon(t, machine);
  assert.equal((await ensure(machine)).stdout, '"26.1.5"');
  assert.deepEqual(await machine.log(), []);
});

test("a daemon that ends at once shows the end of its log", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("docker", client);
  await machine.program("dockerd", "echo 'failed to mount overlay' >&2; exit 1", "sbin");
  const { exitCode, stderr } = await ensure(machine);
  assert.equal(exitCode, 2);
  assert.match(stderr, /docker engine: dockerd ended at once \(pid \d+, log \S+dockerd\.log\)/);
  assert.match(stderr, /failed to mount overlay/);
});

test("waits for a daemon that is starting already, and starts no second one", async (t) => {
  const machine = await Machine.create(t);
  // Answers from the third question on.
  await machine.program(
    "docker",
    `[ "$1" = version ] || { echo default; exit; }
    echo asked >>"$HERE/asked"
    [ "$(wc -l <"$HERE/asked")" -gt 3 ] && touch "$HERE/up"
    ${client}`,
  );
  await machine.program("dockerd", 'echo second >>"$HERE/log"', "sbin");
  // Lives until its stdin ends.
  const first = execa(await machine.program("dockerd", "read -r line", "running"), {
    reject: false,
  });
  await writeFile(machine.at("docker.pid"), `${first.pid}\n`);
  const { stdout, stderr } = await ensure(machine);
  first.stdin.end();
  await first;
  assert.equal(stdout, '"26.1.5"');
  assert.ok(stderr.includes(`pid ${first.pid}, log`), stderr);
  assert.deepEqual(await machine.log(), []);
});

test("starts its own where the pid files are left from one that was killed, and name others by now", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("docker", client);
  await daemon(t, machine);
  await writeFile(machine.at("docker.pid"), `${process.pid}\n`);
  await writeFile(machine.at("containerd.pid"), `${process.pid}\n`);
  assert.equal((await ensure(machine)).stdout, '"26.1.5"');
});

test("DOCKER_HOST with this machine's own socket is this machine's engine", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("docker", client);
  await daemon(t, machine);
  const { stdout } = await ensure(machine, {
    env: { DOCKER_HOST: "unix:///var/run/docker.sock" },
  });
  assert.equal(stdout, '"26.1.5"');
});

test("leaves the start to systemd where that is PID 1", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("docker", client);
  await machine.program("dockerd", "exit 1", "sbin");
  await machine.program("systemctl", 'echo "systemctl $*" >>"$HERE/log"; touch "$HERE/up"');
  await mkdir(machine.at("systemd"));
  assert.equal((await ensure(machine)).stdout, '"26.1.5"');
  assert.deepEqual(await machine.log(), ["systemctl enable --now docker"]);
});

test("a service that systemd cannot start shows its journal", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("docker", client);
  await machine.program("dockerd", "exit 1", "sbin");
  await machine.program("systemctl", "exit 1");
  await machine.program("journalctl", "echo 'unable to configure the Docker daemon'");
  await mkdir(machine.at("systemd"));
  const { exitCode, stderr } = await ensure(machine);
  assert.equal(exitCode, 2);
  assert.match(stderr, /docker engine: systemd could not start docker\.service/);
  assert.match(stderr, /unable to configure the Docker daemon/);
});

const refuses = async (machine: Machine, call: Call, message: string) => {
  const { exitCode, stderr } = await ensure(machine, call);
  assert.equal(stderr, message);
  assert.equal(exitCode, 2);
};

test("an ordinary user without an engine is told how to get one", async (t) => {
  const machine = await Machine.create(t);
  await refuses(
    machine,
    { asNobody: true },
    "docker engine: not installed, and this user is not root; install Docker Engine 20.10 or newer (docs.docker.com/engine/install), or run this as root on Debian or Ubuntu",
  );
});

test("an ordinary user whose engine is not running is told how to start it", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("docker", client);
  await daemon(t, machine);
  await refuses(
    machine,
    { asNobody: true },
    "docker engine: installed but not running, and this user is not root; start it (systemctl enable --now docker, as root), then run this again",
  );
});

test("a user outside the group docker is told to join it", async (t) => {
  const machine = await Machine.create(t);
  const denied = "permission denied while trying to connect to the Docker daemon socket";
  await machine.program("docker", `[ "$1" = version ] && echo "${denied}" >&2; exit 1`);
  await refuses(
    machine,
    { asNobody: true },
    `docker engine: this user may not use it (${denied}); add the user to the group docker (usermod -aG docker USER, as root), log in again, then run this again`,
  );
});

test("an engine elsewhere that does not answer is not replaced by one here", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("docker", client);
  await apt(machine, "26.1.5");
  await refuses(
    machine,
    { env: { DOCKER_HOST: "tcp://127.0.0.1:1" } },
    `docker engine: DOCKER_HOST tcp://127.0.0.1:1 does not answer (${SILENT}); start the engine there, or unset DOCKER_HOST and run 'docker context use default' to use this machine's engine`,
  );
  assert.deepEqual(await machine.log(), []);
});

test("a docker context that does not answer is named", async (t) => {
  const machine = await Machine.create(t);
  await machine.program("docker", `[ "$1" = context ] && echo build-box && exit; exit 1`);
  const { exitCode, stderr } = await ensure(machine);
  assert.equal(exitCode, 2);
  assert.match(stderr, /^docker engine: docker context build-box does not answer/);
});
