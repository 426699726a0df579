import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { deployLines } from "../../cli/deploy-line.ts";
import type { JobStatus } from "../../cli/job-status.ts";
import { terminalReport } from "../../cli/report.ts";
import { chat } from "../support/chat.ts";
import { plainDeploy } from "../support/plain-deploy.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { changesByHand } from "./by-hand.ts";
import { etcChanges, etcLeftovers, etcLines } from "./etc.ts";
import { type Operator, operatorOfBare, PORT, type Settings, USER } from "./operator.ts";
import { EAT, EATERS, killsOn, watching } from "./out-of-memory.ts";
import { answersFromOutside } from "./outside.ts";
import type { Shell } from "./shell.ts";
import { unitComplaints } from "./units.ts";
import type { VirtualServer } from "./virtual-server.ts";

/** The life of `staging` on a plain Debian 13 without Docker; the tests build on one another, in order. */
let operator: Operator;
let server: VirtualServer;
let box: Sandbox;
let shell: Shell;

/** While it writes files, while it installs packages, while it talks to systemd. */
const KILLS_MS = [300, 5000, 20_000];
/** Ends the wait; how long it took is told. 72 s were seen on a quiet machine with emulated processors. */
const BACK_WITHIN_MS = 300_000;
/** A look costs an emulated server a second of one processor. */
const POLL_MS = 3000;
const CONTAINERS = ["chat-1", "chat-2", "guard", "nginx", "postgres", "redis"];
const STACKS = ["app-chat-1", "app-chat-2", "data", "edge", "host"].map(
  (name) => `staging-${name}`,
);

const url = (path: string) => `http://127.0.0.1:${server.forwarded.get(PORT)}${path}`;
const plimsoll: Operator["plimsoll"] = (...args) => operator.plimsoll(...args);
const login: Operator["login"] = (user, command) => operator.login(user, command);

async function output(...command: [string, ...string[]]): Promise<string> {
  const { stdout } = await server.run(command);
  return String(stdout).trim();
}

let etcBefore: string[];
let sysctlBefore: string;
let packagesBefore: string;
const PACKAGES = "dpkg --get-selections | grep -w install | cut -f 1 | sort";
/** Somebody else's settings of Docker: in force beside ours, and given back at the end. */
const THEIRS = '{"max-concurrent-downloads":2}';
/** Counted on, and left as it is. */
const THEIR_SWAP = "/dev/vdb";
const DAEMON = "/etc/docker/daemon.json";
const SYSCTLS = ["vm.swappiness", "vm.dirty_ratio", "kernel.panic"];

before(async () => {
  operator = await operatorOfBare({ report: terminalReport });
  ({ server, box, shell } = operator);
});

after(() => operator?.end());

test("a server that cannot be made so is told why, and nothing is changed", async (t) => {
  const { staging } = operator;
  t.after(() => box.configure({ staging }));
  await shell('mkdir /etc/docker; printf %s "$1" >"$2"; chmod 640 "$2"', THEIRS, DAEMON);
  packagesBefore = await shell(PACKAGES);
  etcBefore = await etcLines(shell);
  sysctlBefore = await output("sysctl", ...SYSCTLS);
  const cases: [Settings["host"] | "", Settings["server"], RegExp][] = [
    [
      { sshPort: 2222 },
      {},
      /host\.sshPort: must be one that sshd listens on, got 2222; it listens on 22/,
    ],
    [
      {},
      { memory: "4GiB" },
      /server\.memory: must be at most what the server has, got 4096 MiB, it/,
    ],
    [
      {},
      { swap: "64GiB", disk: "400GiB" },
      /server\.swap: must be at most half of the free disk, got 64512 MiB to add/,
    ],
  ];
  for (const [host, hardware, expected] of cases) {
    await box.configure({ staging: { ...staging, host, server: hardware } as Settings });
    const { exitCode, stderr } = await plimsoll("host", "staging");
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, expected);
  }
  await box.configure({ staging });
  await shell(
    "cp -P /etc/os-release /etc/os-release.kept; rm /etc/os-release; printf 'ID=debian\\nVERSION_ID=11\\n' >/etc/os-release",
  );
  const old = await plimsoll("host", "staging");
  await shell("mv /etc/os-release.kept /etc/os-release");
  assert.match(old.stderr, /must be Debian 12, Debian 13 or Ubuntu 24\.04, got debian 11/);
  assert.deepEqual(await etcLines(shell), etcBefore);
});

/** Ends the program on the server some time after it began there, and with it the operator's. */
async function killAfter(milliseconds: number): Promise<void> {
  const running = box.start(["host", "staging", "--target", server.target], { env: operator.env });
  await shell(
    `for each in $(seq 600); do
      for file in /run/plimsoll/host-*.sh; do [ ! -d "/proc/$(basename "$file" .sh | cut -d- -f2)" ] || break 2; done
      sleep 0.1
    done
    sleep "$1"
    kill -KILL "$(basename "$file" .sh | cut -d- -f2)"`,
    String(milliseconds / 1000),
  );
  assert.notEqual((await running).exitCode, 0);
}

test("killed again and again, the host stack's program still makes a plain server the documented one", async (t) => {
  assert.equal(await shell("command -v dockerd || echo none"), "none");
  for (const milliseconds of KILLS_MS) await killAfter(milliseconds);
  const start = Date.now();
  const { exitCode, stderr } = await plimsoll("host", "staging");
  t.diagnostic(`applied in ${Math.round((Date.now() - start) / 1000)} s`);
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /a new ssh connection came in/);
});

test("verify finds every setting of the server in force", async (t) => {
  const { exitCode, stdout, stderr } = await plimsoll("verify", "staging", "--host");
  assert.equal(exitCode, 0, stdout + stderr);
  const [, count = "0"] = /^(\d+) of \1 settings are in force$/m.exec(stdout) ?? [];
  assert.ok(Number(count) > 150, stdout);
  t.diagnostic(stdout.trim());
});

test("somebody else's settings of Docker are in force beside Plimsoll's", async () => {
  const settings = JSON.parse(await output("cat", DAEMON));
  assert.equal(settings["max-concurrent-downloads"], 2);
  assert.equal(settings["live-restore"], true);
});

test("a second apply changes nothing, and a check agrees", async () => {
  const second = await plimsoll("host", "staging");
  assert.deepEqual([second.exitCode, second.stderr], [0, ""]);
  const check = await plimsoll("host", "staging", "--check");
  assert.deepEqual([check.exitCode, check.stdout], [0, ""]);
});

test("systemd has nothing to say about the units, and their sandboxes are tight", async () => {
  assert.equal(await unitComplaints(shell, box.project), "");
});

test("what is changed by hand is named by verify, and put back by the next apply", async (t) => {
  const byHand = changesByHand(box.project, USER);
  await shell(Object.values(byHand).join("\n"));
  const found = (await operator.drift()).map(({ setting }) => setting);
  t.diagnostic(`${found.length} settings found changed`);
  for (const setting of Object.keys(byHand))
    assert.ok(found.includes(setting), `${setting}: ${found}`);
  const { exitCode, stderr } = await plimsoll("host", "staging");
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(await operator.drift(), []);
});

test("ssh and firewall are taken back by themselves where nobody comes in again", async () => {
  const { stdout } = await plimsoll("cloud-init", "staging");
  const hasty = stdout.replace("REVERT_AFTER=120s", "REVERT_AFTER=5s");
  const file = "/etc/ssh/sshd_config.d/01-plimsoll.conf";
  const apply = 'rm "$0"; cat >/run/hasty.sh; sh /run/hasty.sh --apply';
  await server.run(["sh", "-c", apply, file], { input: hasty, reject: false });
  await shell('for each in $(seq 60); do [ -e "$1" ] || exit 0; sleep 1; done; exit 1', file);
  await shell(
    "for each in $(seq 60); do systemctl -q is-active plimsoll-firewall || exit 0; sleep 1; done; exit 1",
  );
});

test("up puts ssh and firewall back and brings the whole stack up, from images that the server lacked", async () => {
  const { exitCode, stdout, stderr } = await plimsoll("up", "staging");
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /a new ssh connection came in/);
  assert.match(stderr, /images: 5 sent to ssh:/);
  assert.match(stdout, /^http:\/\/127\.0\.0\.1\/$/m);
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

test("verify finds server and containers as declared, and the slots in slices of the service tier", async (t) => {
  const { exitCode, stdout, stderr } = await plimsoll("verify", "staging");
  assert.equal(exitCode, 0, stdout + stderr);
  t.diagnostic(String(stdout.trim().split("\n").at(-1)));
  const slot = `${box.project}-staging-service-chat-1.slice`;
  const above = `${box.project}.slice/${box.project}-staging.slice/${box.project}-staging-service.slice`;
  const scope = await shell(
    `cd /sys/fs/cgroup && ls -d "$1"/*/"$2"/docker-*.scope`,
    ...[above, slot],
  );
  assert.match(scope, /docker-[0-9a-f]{64}\.scope$/);
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

test("the deploy user may log in and use Docker", async () => {
  assert.equal(await login(USER, "docker info --format '{{.CgroupDriver}}'"), "systemd");
});

test("a plain cdktf deploy reports no changes in any stack", async () => {
  const { exitCode, stdout, stderr } = await plainDeploy(box, "staging", {
    args: ["--target", server.target],
    env: operator.env,
  });
  assert.equal(exitCode, 0, stdout + stderr);
  const read = deployLines("staging");
  const news = stdout.split("\n").map((line) => read(line)?.text);
  const unchanged = STACKS.filter((stack) => news.includes(`${stack}: no changes`));
  assert.deepEqual(unchanged, STACKS, stdout);
});

test("only the declared ports answer from outside, published ones of Docker included", async () => {
  const image = await output(
    "docker",
    "inspect",
    "--format={{.Config.Image}}",
    `${box.project}-staging-guard`,
  );
  assert.deepEqual(await answersFromOutside(shell, image), [
    ...["22 answers", "inside 22 answers", "80 answers", "inside 80 answers"],
    ...["8080 does not", "inside 8080 answers", "9090 does not", "inside 9090 answers"],
  ]);
});

test("the server's jobs run in their sandbox, and status tells how they went", async () => {
  for (const job of ["backup", "drill", "prune"])
    await output("systemctl", "start", `plimsoll-${job}.service`);
  const { stdout, stderr } = await plimsoll("status", "staging", "--json");
  const { jobs } = JSON.parse(stdout) as { jobs: JobStatus[] };
  assert.deepEqual(
    jobs.map(({ job, lastRun }) => [job, lastRun?.result]),
    [
      ["backup", "succeeded"],
      ["drill", "succeeded"],
      ["prune", "succeeded"],
    ],
    stderr,
  );
});

async function containersStarted(): Promise<string> {
  return output(
    ...(["docker", "inspect", "--format", "{{.Name}} {{.State.StartedAt}}"] as const),
    ...["postgres", "guard", "nginx"].map((name) => `${box.project}-staging-${name}`),
  );
}

for (const [where, { eats, dies }] of Object.entries(EATERS)) {
  test(`what eats the memory of ${where} is ended, while ssh, the guard and Postgres go on`, async (t) => {
    const [before, kills] = [await containersStarted(), (await killsOn(server)).length];
    const name = `${box.project}-staging`;
    const eaten = server.run(["bash", "-s", "--", name, EAT], { input: eats, reject: false });
    const ssh = watching(() => login("root", "true"), eaten);
    const http = watching(async () => {
      const { status } = await fetch(url("/api/models"), { signal: AbortSignal.timeout(30_000) });
      assert.ok([200, 503].includes(status), `${status}`);
    }, eaten);
    for (const [what, { answers, failures, longestMs }] of Object.entries({
      ssh: await ssh,
      http: await http,
    })) {
      t.diagnostic(`${what}: ${answers} answers, the longest after ${Math.round(longestMs)} ms`);
      assert.deepEqual(failures, [], what);
    }
    assert.notEqual((await eaten).exitCode, 0);
    const victims = (await killsOn(server)).slice(kills);
    t.diagnostic(JSON.stringify(victims));
    assert.ok(victims.length > 0, "nothing was killed");
    for (const { group } of victims) assert.match(group, dies);
    assert.equal(await containersStarted(), before);
  });
}

test("the kernel would end app slots first, then the cache, then Postgres, and the door last", async () => {
  const scores = await shell(
    `for name in chat-1 chat-2 redis postgres nginx guard; do
       pid=$(docker inspect --format '{{.State.Pid}}' "$1-$name")
       for each in $(cat /proc/"$pid"/task/*/children | tr ' ' '\\n' | head -n 1); do echo "$name $(cat /proc/"$each"/oom_score_adj)"; done
     done
     echo "docker $(cat /proc/"$(systemctl show -P MainPID docker)"/oom_score_adj)"
     echo "sshd $(cat /proc/"$(systemctl show -P MainPID ssh)"/oom_score_adj)"`,
    `${box.project}-staging`,
  );
  assert.deepEqual(scores.split("\n"), [
    ...["chat-1 400", "chat-2 400", "redis 200", "postgres 100", "nginx 0", "guard 0"],
    ...["docker -500", "sshd -1000"],
  ]);
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

test("after a reboot everything is back by itself, and every setting of the server in force", async (t) => {
  await server.reboot();
  const start = Date.now();
  while (!(await isBack().catch(() => false))) {
    assert.ok(Date.now() - start < BACK_WITHIN_MS, `not back within ${BACK_WITHIN_MS / 1000} s`);
    await wait(POLL_MS);
  }
  t.diagnostic(
    `everything healthy and answering ${Math.round((Date.now() - start) / 1000)} s after ssh`,
  );
  assert.deepEqual(await operator.drift(), []);
});

test("down leaves nothing but named volumes, and /etc as it was but for packages, swap and Docker's group", async () => {
  const { exitCode, stderr } = await plimsoll("down", "staging");
  assert.equal(exitCode, 0, stderr);
  assert.equal(await output("docker", "ps", "--all", "--quiet"), "");
  assert.deepEqual(await etcLeftovers(shell, etcBefore), { others: [], gone: [] });
  assert.equal(await output("sysctl", ...SYSCTLS), sysctlBefore);
  assert.equal(await output("docker", "info", "--format", "{{.LiveRestoreEnabled}}"), "false");
});

test("asked to, down also takes the swap file and every package that was installed", async (t) => {
  const all = ["down", "staging", "--volumes", "--swap", "--packages"];
  const asked = await plimsoll(...all);
  assert.equal(asked.exitCode, 2);
  assert.match(asked.stderr, /must be confirmed, got no terminal to ask; add --yes/);
  await shell("docker volume create sales");
  const held = await plimsoll(...all, "--yes");
  assert.equal(held.exitCode, 2);
  const backups = `${box.project}-staging-postgres-backups`;
  assert.match(
    held.stderr,
    new RegExp(`Docker must hold nothing else before it goes, got sales, ${backups};`),
  );
  await shell('docker volume rm sales "$1"', backups);
  const { exitCode, stderr } = await plimsoll(...all, "--yes");
  assert.equal(exitCode, 0, stderr);
  assert.equal(await shell("command -v dockerd || echo none"), "none");
  assert.equal(await shell("ls -d /var/lib/docker /var/lib/plimsoll/* 2>/dev/null || true"), "");
  assert.equal(await output("swapon", "--noheadings", "--show=NAME"), THEIR_SWAP);
  assert.equal(await shell(PACKAGES), packagesBefore);
  assert.equal(await output("cat", DAEMON), THEIRS);
  const { changed } = await etcChanges(shell, etcBefore);
  t.diagnostic(`in /etc, left by what was purged: ${changed.join(" ")}`);
});
