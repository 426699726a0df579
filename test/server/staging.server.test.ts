import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { terminalReport } from "../../cli/report.ts";
import { chat } from "../support/chat.ts";
import { ROOT } from "../support/environments.ts";
import { type Sandbox, sandbox } from "../support/sandbox.ts";
import { bootServer, type VirtualServer } from "./virtual-server.ts";

/** `staging` as it is shipped, on a virtual 2 GB server with Docker; the tests build on one another, in order. */
let server: VirtualServer;
let box: Sandbox;
/** The environment variables of every run: how to get into the server. */
let env: Record<string, string>;

const PORT = 8081;
/** Ends the wait; how long it took is told. 72 s were seen on a quiet machine with emulated processors. */
const BACK_WITHIN_MS = 300_000;
/** A look costs an emulated server a second of one processor. */
const POLL_MS = 3000;
const CONTAINERS = ["chat-1", "chat-2", "guard", "nginx", "postgres", "redis"];
const STACKS = ["app-chat-1", "app-chat-2", "data", "edge", "host"].map(
  (name) => `staging-${name}`,
);

const url = (path: string) => `http://127.0.0.1:${server.forwarded.get(PORT)}${path}`;
const plimsoll = (...args: string[]) => box.run([...args, "--target", server.target], { env });

async function output(...command: [string, ...string[]]): Promise<string> {
  const { stdout } = await server.run(command);
  return String(stdout).trim();
}

before(async () => {
  server = await bootServer({ forwards: [{ guest: PORT }], report: terminalReport });
  box = await sandbox({ staging: { port: PORT } });
  env = { PLIMSOLL_SSH_OPTIONS: server.sshOptions.join(" ") };
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
    const options = [...known, `-oIdentityFile=${key}`, `-oControlPath=${folder}/%C`].join(" ");
    const { exitCode, stderr } = await box.run(["up", "staging", "--target", server.target], {
      env: { PLIMSOLL_SSH_OPTIONS: options },
    });
    assert.equal(exitCode, 2);
    assert.match(stderr, /refuses the key; add your public key to the server's authorized_keys/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a server without Docker says so", async () => {
  await server.run(["mv", "/usr/bin/docker", "/usr/bin/docker.away"]);
  const { exitCode, stderr } = await plimsoll("up", "staging");
  await server.run(["mv", "/usr/bin/docker.away", "/usr/bin/docker"]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /has no Docker; install Docker Engine there/);
});

test("a server whose Docker is not running says so", async () => {
  await server.run(["systemctl", "stop", "docker.socket", "docker.service"]);
  const { exitCode, stderr } = await plimsoll("up", "staging");
  await server.run(["systemctl", "start", "docker.service"]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /has a Docker that is not running; start it/);
});

test("up brings the whole stack up on the server, from images that it lacked", async () => {
  const { exitCode, stdout, stderr } = await plimsoll("up", "staging");
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /images: 5 sent to ssh:/);
  assert.match(stdout, new RegExp(`^http://127\\.0\\.0\\.1:${PORT}/$`, "m"));
});

test("the page, a streamed chat and an export answer through its port", async () => {
  const page = await fetch(url("/"));
  assert.match(await page.text(), /<!doctype html>/i);
  const { tokens, sessionId, cookie } = await chat(url("/api/chat/completions"), "Ahoy?");
  assert.ok(tokens.length >= 5);
  const stored = await fetch(url(`/api/sessions/${sessionId}/messages`), { headers: { cookie } });
  assert.match(await stored.text(), /Ahoy\?/);
  const rows = (await (await fetch(url("/api/export?rows=500"))).json()) as { rows: unknown[] };
  assert.equal(rows.rows.length, 500);
});

interface Line {
  readonly container?: string;
  readonly limitBytes: number;
  readonly reservationBytes: number;
  readonly swapBytes: number;
}

test("limit, reservation and swap are in force in each container's cgroup", async () => {
  const { stdout } = await plimsoll("explain", "staging", "--json");
  const { memory } = JSON.parse(stdout) as { memory: { lines: Line[] } };
  const planned = memory.lines.filter(({ container }) => container);
  assert.equal(planned.length, CONTAINERS.length);
  for (const { container = "", ...line } of planned) {
    const id = await output("docker", "inspect", "--format", "{{.Id}}", container);
    const group = await output(
      "find",
      `/sys/fs/cgroup/${box.project}.slice`,
      "-name",
      `docker-${id}.scope`,
    );
    const files = ["memory.max", "memory.low", "memory.swap.max"].map((name) => `${group}/${name}`);
    const live = (await output("cat", ...(files as [string, ...string[]]))).split("\n").map(Number);
    assert.deepEqual(live, [line.limitBytes, line.reservationBytes, line.swapBytes], container);
  }
});

test("the secrets are on the server, for root and the one container that needs them", async () => {
  const folder = "/var/lib/docker/volumes";
  const name = `${box.project}-staging-postgres-secrets`;
  const modes = await output(
    "stat",
    "--format=%a %u %n",
    `${folder}/${name}/_data/superuser-password`,
  );
  assert.equal(modes, `400 999 ${folder}/${name}/_data/superuser-password`);
  const stranger = await server.run(["setpriv", "--reuid=65534", "--clear-groups", "ls", folder], {
    reject: false,
  });
  assert.match(String(stranger.stderr), /Permission denied/);
});

test("a second deploy reports no changes in any stack", async () => {
  const { exitCode, stderr } = await plimsoll("up", "staging");
  assert.equal(exitCode, 0, stderr);
  const unchanged = [...stderr.matchAll(/^\s*(\S+): no changes$/gm)].map(([, stack]) => stack);
  assert.deepEqual(unchanged.sort(), STACKS);
});

async function isBack(): Promise<boolean> {
  const states = await output(
    "docker",
    "ps",
    "--filter",
    "health=healthy",
    "--format",
    "{{.Names}}",
  );
  if (states.split("\n").filter(Boolean).length < CONTAINERS.length) return false;
  const answer = await fetch(url("/api/models"), { signal: AbortSignal.timeout(10_000) });
  return answer.status === 200;
}

test("after a reboot everything is back by itself", async (t) => {
  await server.reboot();
  const start = Date.now();
  while (!(await isBack().catch(() => false))) {
    assert.ok(Date.now() - start < BACK_WITHIN_MS, `not back within ${BACK_WITHIN_MS / 1000} s`);
    await wait(POLL_MS);
  }
  t.diagnostic(
    `everything healthy and answering ${Math.round((Date.now() - start) / 1000)} s after ssh`,
  );
});

test("down leaves nothing but named volumes, and a plain cdktf deploy brings it up again", async () => {
  const down = await plimsoll("down", "staging");
  assert.equal(down.exitCode, 0, down.stderr);
  assert.equal(await output("docker", "ps", "--all", "--quiet"), "");
  const { stdout: exports } = await plimsoll("env", "staging");
  const deploy = 'eval "$1"; exec npx cdktf deploy "staging-*" --auto-approve --output "$2"';
  const run = await execa(
    "bash",
    ["-c", deploy, "bash", exports, join(box.stateFolder, "plain.out")],
    {
      cwd: ROOT,
      reject: false,
      env: { ...env, PLIMSOLL_CONFIG: box.configFile },
    },
  );
  assert.equal(run.exitCode, 0, `${run.stdout}\n${run.stderr}`);
  assert.equal((await fetch(url("/api/models"))).status, 200);
});

test("down --volumes leaves nothing", async () => {
  const down = await plimsoll("down", "staging", "--volumes");
  assert.equal(down.exitCode, 0, down.stderr);
  assert.equal(await output("docker", "ps", "--all", "--quiet"), "");
  assert.equal(await output("docker", "volume", "ls", "--quiet"), "");
  assert.equal(await output("docker", "network", "ls", "--quiet", "--filter", "type=custom"), "");
});
