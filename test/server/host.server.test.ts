import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { execa } from "execa";
import { terminalReport } from "../../cli/report.ts";
import type { ConfigInput } from "../../config/define.ts";
import { type Sandbox, sandbox } from "../support/sandbox.ts";
import { killsOn, watching } from "./out-of-memory.ts";
import { bootServer, type VirtualServer } from "./virtual-server.ts";

/** A plain Debian 13 without Docker; the tests build on one another, in order. */
let server: VirtualServer;
let box: Sandbox;
let env: Record<string, string>;

type Settings = ConfigInput["environments"][string];
const PORT = 80;
const USER = "deploy";
/** While it writes files, while it installs packages, while it talks to systemd. */
const KILLS_MS = [300, 5000, 20_000];
const APPLY_WITHIN_MS = 8 * 60 * 1000;

const plimsoll = (...args: string[]) =>
  box.run([...args, "--target", server.target], { env, timeout: APPLY_WITHIN_MS });

async function output(...command: [string, ...string[]]): Promise<string> {
  const { stdout } = await server.run(command);
  return String(stdout).trim();
}

/** A program of several lines, as root on the server. */
async function shell(script: string, ...args: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await server.run(["bash", "-s", "--", ...args], {
    input: script,
    reject: false,
  });
  assert.equal(exitCode, 0, String(stderr));
  return String(stdout).trim();
}

interface Found {
  readonly setting: string;
  readonly declared: string;
  readonly live?: string;
}

async function drift(): Promise<Found[]> {
  const { stdout, stderr } = await plimsoll("verify", "staging", "--host", "--json");
  assert.notEqual(stdout, "", stderr);
  const readings = JSON.parse(stdout) as Found[];
  return readings.filter(({ live, declared }) => live !== declared);
}

/** Everything below /etc: files with their content, then all with their modes and where links lead. */
const ETC = `cd /etc
find . -type f -exec sha256sum {} + | awk '{ print $2, $1 }' | sort
find . -printf '%p %m %l\\n' | sort`;
let etcBefore: string[];
let sysctlBefore: string;
const SYSCTLS = ["vm.swappiness", "vm.min_free_kbytes", "vm.dirty_ratio", "kernel.panic"];

let staging: Settings;

before(async () => {
  server = await bootServer({ kind: "bare", forwards: [{ guest: PORT }], report: terminalReport });
  const [key = ""] = (await output("cat", "/root/.ssh/authorized_keys")).split("\n");
  staging = {
    ...{ port: PORT },
    host: { deployUser: { name: USER, keys: [key] } },
  };
  box = await sandbox({ staging });
  env = { PLIMSOLL_SSH_OPTIONS: server.sshOptions.join(" ") };
});

after(async () => {
  await server?.powerOff();
  await box?.forget();
});

test("a server that cannot be made so is told why, and nothing is changed", async () => {
  // Somebody else's settings of Docker: kept beside ours, and given back at the end.
  await shell(
    `mkdir /etc/docker; printf '{"max-concurrent-downloads":2}' >/etc/docker/daemon.json; chmod 640 /etc/docker/daemon.json`,
  );
  etcBefore = (await shell(ETC)).split("\n");
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
      { swap: "64GiB" },
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
  assert.deepEqual((await shell(ETC)).split("\n"), etcBefore);
});

/** Ends the program on the server some time after it began there, and with it the operator's. */
async function killAfter(milliseconds: number): Promise<void> {
  const running = box.start(["host", "staging", "--target", server.target], { env });
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

test("verify finds every setting in force", async (t) => {
  const { exitCode, stdout, stderr } = await plimsoll("verify", "staging", "--host");
  assert.equal(exitCode, 0, stdout + stderr);
  const [, count = "0"] = /^(\d+) of \1 settings are in force$/m.exec(stdout) ?? [];
  assert.ok(Number(count) > 150, stdout);
  t.diagnostic(stdout.trim());
});

test("somebody else's settings of Docker are in force beside Plimsoll's", async () => {
  const settings = JSON.parse(await output("cat", "/etc/docker/daemon.json"));
  assert.equal(settings["max-concurrent-downloads"], 2);
  assert.equal(settings["live-restore"], true);
});

test("a second apply changes nothing, and a check agrees", async () => {
  const second = await plimsoll("host", "staging");
  assert.deepEqual([second.exitCode, second.stderr], [0, ""]);
  const check = await plimsoll("host", "staging", "--check");
  assert.deepEqual([check.exitCode, check.stdout], [0, ""]);
});

test("systemd has nothing to say about the units", async () => {
  const found = await shell(`cd /etc/systemd/system
    systemd-analyze verify --man=no plimsoll*.slice plimsoll-firewall.service *.swap docker.service ssh.service containerd.service 2>&1 |
      grep -i -e plimsoll || true`);
  assert.equal(found, "");
  await output("systemd-analyze", "security", "--threshold=30", "plimsoll-firewall.service");
});

test("only the declared ports answer from outside, published ones of Docker included", async () => {
  const answers = await shell(`set -eu
    mkdir -p /tmp/tiny/usr/lib && cd /tmp/tiny
    cp --parents /usr/bin/perl $(ldd /usr/bin/perl | grep -o '/[^ ]*') .
    cp -r --parents /usr/lib/x86_64-linux-gnu/perl-base .
    ln -sfn usr/lib64 lib64; ln -sfn usr/lib lib
    [ -d usr/lib64 ] || cp -r --parents /lib64/. . 2>/dev/null || true
    tar -c . | docker import - tiny >/dev/null
    serve='use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalPort => 7, Listen => 5, ReuseAddr => 1) or die; while (my $c = $s->accept) { print $c "hi\\n"; close $c }'
    docker run --detach --name open --publish 80:7 tiny /usr/bin/perl -e "$serve" >/dev/null
    docker run --detach --name shut --publish 8080:7 tiny /usr/bin/perl -e "$serve" >/dev/null
    systemd-run --quiet --unit=relay --socket-property=ListenStream=9090 /usr/lib/systemd/systemd-socket-proxyd 127.0.0.1:22
    ip netns add outside
    ip link add wan0 type veth peer name eth0 netns outside
    ip address add 192.0.2.1/24 dev wan0 && ip link set wan0 up
    ip -n outside address add 192.0.2.2/24 dev eth0 && ip -n outside link set eth0 up
    for port in 22 80 8080 9090; do
      ip netns exec outside timeout 5 bash -c 'exec 3<>/dev/tcp/192.0.2.1/$0 && read -r -t 4 line <&3 && echo "$0 answers"' "$port" 2>/dev/null || echo "$port does not"
      timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/$0 && read -r -t 4 line <&3 && echo "inside $0 answers"' "$port" 2>/dev/null || echo "inside $port does not"
    done
    ip netns delete outside
    docker rm --force open shut >/dev/null
    systemctl stop relay.socket`);
  assert.deepEqual(answers.split("\n"), [
    ...["22 answers", "inside 22 answers", "80 answers", "inside 80 answers"],
    ...["8080 does not", "inside 8080 answers", "9090 does not", "inside 9090 answers"],
  ]);
});

/** By the name under which verify tells it, how it is changed by hand. */
function changes(project: string): Readonly<Record<string, string>> {
  const slice = (path: string) => `${project}-staging${path}.slice`;
  const group = `/sys/fs/cgroup/${project}.slice/${slice("")}`;
  return {
    "vm.swappiness": "sysctl -qw vm.swappiness=90",
    "vm.min_free_kbytes": "sysctl -qw vm.min_free_kbytes=8192",
    "vm.dirty_bytes": "sysctl -qw vm.dirty_ratio=30",
    "net.ipv4.tcp_keepalive_time": "sysctl -qw net.ipv4.tcp_keepalive_time=7200",
    "net.ipv4.ip_local_port_range": "sysctl -qw net.ipv4.ip_local_port_range='32768 60999'",
    "kernel.panic": "sysctl -qw kernel.panic=0",
    "/sys/module/zswap/parameters/enabled": "echo N >/sys/module/zswap/parameters/enabled",
    "/sys/module/zswap/parameters/max_pool_percent":
      "echo 50 >/sys/module/zswap/parameters/max_pool_percent",
    "/sys/kernel/mm/transparent_hugepage/enabled":
      "echo always >/sys/kernel/mm/transparent_hugepage/enabled",
    [`${slice("-service")} MemoryMax`]: `systemctl set-property ${slice("-service")} MemoryMax=1G`,
    [`${slice("-service")} memory.max`]: "true",
    [`${slice("-service-chat-1")} TasksMax`]: `systemctl set-property ${slice("-service-chat-1")} TasksMax=9`,
    [`${slice("-door")} CPUWeight`]: `systemctl set-property --runtime ${slice("-door")} CPUWeight=7`,
    [`${slice("-batch")} memory.high`]: `echo max >${group}/${slice("-batch")}/memory.high`,
    [`${slice("-batch")} UnitFileState`]: `systemctl -q disable ${slice("-batch")}`,
    "docker.service oom_score_adj":
      "echo -900 >/proc/$(systemctl show -P MainPID docker)/oom_score_adj",
    "docker.service StartLimitBurst":
      "rm /etc/systemd/system/docker.service.d/50-plimsoll.conf; systemctl daemon-reload",
    "/etc/systemd/system/docker.service.d/50-plimsoll.conf": "true",
    "/etc/docker/daemon.json": "sed -i s/10m/900m/ /etc/docker/daemon.json",
    "/etc/systemd/journald.conf.d/plimsoll.conf":
      "chmod 600 /etc/systemd/journald.conf.d/plimsoll.conf",
    "/etc/ssh/sshd_config.d/01-plimsoll.conf":
      "sed -i 's/^MaxAuthTries.*/MaxAuthTries 6/' /etc/ssh/sshd_config.d/01-plimsoll.conf",
    "sshd maxauthtries": "true",
    "/etc/apt/apt.conf.d/52plimsoll": "rm /etc/apt/apt.conf.d/52plimsoll",
    "firewall ports": "nft add element inet plimsoll ports '{ 9999 }'",
    "firewall rest": "nft flush chain inet plimsoll arriving",
    "plimsoll-firewall.service UnitFileState": "systemctl -q disable plimsoll-firewall",
    "swap MiB": "swapoff /var/lib/plimsoll/swapfile",
    "time synchronisation": "systemctl stop systemd-timesyncd",
    "docker.service UnitFileState": "systemctl -q disable docker.service",
    [`group of ${USER}`]: `gpasswd -d ${USER} docker >/dev/null`,
    [`/home/${USER}/.ssh/authorized_keys`]: `echo more >>/home/${USER}/.ssh/authorized_keys`,
  };
}

test("what is changed by hand is named by verify, and put back by the next apply", async (t) => {
  const byHand = changes(box.project);
  await shell(Object.values(byHand).join("\n"));
  const found = (await drift()).map(({ setting }) => setting);
  t.diagnostic(`${found.length} settings found changed`);
  for (const setting of Object.keys(byHand))
    assert.ok(found.includes(setting), `${setting}: ${found}`);
  const { exitCode, stderr } = await plimsoll("host", "staging");
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(await drift(), []);
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
  const { exitCode, stderr } = await plimsoll("host", "staging");
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /a new ssh connection came in/);
});

test("after a reboot everything is in force again", async () => {
  await server.reboot();
  assert.deepEqual(await drift(), []);
});

/** Over a connection of its own, as somebody who comes in now. */
async function login(user: string, command: string): Promise<string> {
  const known = server.sshOptions.filter((option) => !/ControlPath/.test(option));
  const options = [...known, "-oControlPath=none", "-l", user, "-p", String(server.sshPort)];
  const { stdout } = await execa("ssh", [...options, server.host, command]);
  return stdout;
}

test("the deploy user may log in and use Docker", async () => {
  assert.equal(await login(USER, "docker info --format '{{.CgroupDriver}}'"), "systemd");
});

test("a whole environment goes into the slices, and verify finds server and containers as declared", async () => {
  const { exitCode, stderr } = await plimsoll("up", "staging");
  assert.equal(exitCode, 0, stderr);
  const verified = await plimsoll("verify", "staging");
  assert.equal(verified.exitCode, 0, verified.stdout + verified.stderr);
  const slot = `${box.project}-staging-service-chat-1.slice`;
  const above = `${box.project}.slice/${box.project}-staging.slice/${box.project}-staging-service.slice`;
  const scope = await shell(
    `cd /sys/fs/cgroup && ls -d "$1"/*/"$2"/docker-*.scope`,
    ...[above, slot],
  );
  assert.match(scope, /docker-[0-9a-f]{64}\.scope$/);
  const second = await plimsoll("up", "staging");
  assert.match(second.stderr, /staging-host: no changes/);
});

/** Doubles until the kernel ends it; bash is in every image. */
const EAT = "eaten=x; while :; do eaten=$eaten$eaten; done";

async function containersStarted(): Promise<string> {
  return output(
    ...(["docker", "inspect", "--format", "{{.Name}} {{.State.StartedAt}}"] as const),
    ...["postgres", "guard", "nginx"].map((name) => `${box.project}-staging-${name}`),
  );
}

/** Where the kernel must have found its victims, by what eats the memory. */
const EATERS: Readonly<Record<string, { readonly eats: string; readonly dies: RegExp }>> = {
  "a slot": {
    eats: 'docker exec "$1-chat-1" bash -c "$2"',
    dies: /-service-chat-1\.slice\/docker-\w+\.scope$/,
  },
  Redis: {
    eats: 'docker exec "$1-redis" bash -c "$2"',
    dies: /-service-redis\.slice\/docker-\w+\.scope$/,
  },
  "a backup": {
    eats: 'docker run --rm --cgroup-parent="$3-batch.slice" --memory=128m --memory-swap=128m --entrypoint=bash "$(docker inspect --format {{.Config.Image}} "$1-postgres")" -c "$2"',
    dies: /-batch\.slice\/docker-\w+\.scope$/,
  },
  "the host": {
    eats: `systemd-run --quiet --wait --pipe --slice=system.slice --unit=eater perl -e 'push @eaten, "x" x 2**20 while 1'`,
    dies: /^\/system\.slice\/eater\.service$/,
  },
};

for (const [where, { eats, dies }] of Object.entries(EATERS)) {
  test(`what eats the memory of ${where} is ended, while ssh, the guard and Postgres go on`, async (t) => {
    const [before, kills] = [await containersStarted(), (await killsOn(server)).length];
    const site = `http://127.0.0.1:${server.forwarded.get(PORT)}/api/models`;
    const name = `${box.project}-staging`;
    const eaten = server.run(["bash", "-s", "--", name, EAT, name], { input: eats, reject: false });
    const ssh = watching(() => login("root", "true"), eaten);
    const http = watching(async () => {
      const { status } = await fetch(site, { signal: AbortSignal.timeout(30_000) });
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
       for each in $(cat /proc/"$pid"/task/*/children); do echo "$name $(cat /proc/"$each"/oom_score_adj)"; done
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

test("a destroy leaves /etc as it was, but for packages, the swap file's unit and Docker's group", async () => {
  const { exitCode, stderr } = await plimsoll("down", "staging");
  assert.equal(exitCode, 0, stderr);
  const now = (await shell(ETC)).split("\n");
  const known = new Set(etcBefore);
  const changed = now.filter((line) => !known.has(line)).map((line) => line.split(" ")[0] ?? "");
  const gone = etcBefore
    .map((line) => line.split(" ")[0] ?? "")
    .filter((path) => !now.some((line) => line.startsWith(`${path} `)));
  assert.deepEqual(gone, []);
  const byPackages = await shell(
    `cd /etc; for each in "$@"; do dpkg-query -S "/etc/\${each#./}" >/dev/null 2>&1 || echo "$each"; done`,
    ...changed,
  );
  assert.deepEqual(byPackages.split("\n").filter(Boolean).sort(), []);
  assert.equal(await output("sysctl", ...SYSCTLS), sysctlBefore);
  assert.equal(await output("docker", "info", "--format", "{{.LiveRestoreEnabled}}"), "false");
});
