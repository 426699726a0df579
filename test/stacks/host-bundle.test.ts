import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../config/environment.ts";
import { hostBundle } from "../../stacks/host-bundle.ts";
import { localWith, problemsOf } from "../support/environments.ts";
import { bundleWith } from "../support/host.ts";

const UNITS = "/etc/systemd/system";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@laptop";

function text(path: string, bundle = bundleWith()): string {
  const file = bundle.files.find((one) => one.path === path);
  assert.ok(file, `no ${path}`);
  return file.content;
}

function lines(path: string, bundle = bundleWith()): string[] {
  return text(path, bundle)
    .split("\n")
    .filter((line) => line && !/^[#/]/.test(line));
}

/** Settings of a slice's unit file. */
function settings(slice: string): string[] {
  const all = lines(`${UNITS}/${slice}.slice`);
  return all.slice(all.indexOf("[Slice]") + 1, all.indexOf("[Install]"));
}

function fact(kind: string, place: string, bundle = bundleWith()): string | undefined {
  return bundle.facts.find((one) => one.kind === kind && one.place === place)?.declared;
}

test("without the host key, and for this machine, there is no bundle", () => {
  for (const patch of [{ target: "ssh://root@203.0.113.10" }, { host: {} }]) {
    const environment = localWith(patch);
    assert.equal(hostBundle(environment, planOf(environment)), undefined);
  }
});

test("these are the files, and each that can have a comment says which key it comes from", () => {
  const { files } = bundleWith({ deployUser: { name: "deploy", keys: [KEY] } });
  assert.deepEqual(
    files.map(({ path }) => path),
    [
      "/etc/apt/apt.conf.d/52plimsoll",
      "/etc/docker/daemon.json",
      ...["backup.sh", "drill.sh", "firewall.nft", "prune.sh"].map(
        (name) => `/etc/plimsoll/${name}`,
      ),
      "/etc/ssh/sshd_config.d/01-plimsoll.conf",
      "/etc/sysctl.d/90-plimsoll.conf",
      "/etc/systemd/journald.conf.d/plimsoll.conf",
      ...["apt-daily-upgrade.service.d", "containerd.service.d", "docker.service.d"].map(
        (name) => `${UNITS}/${name}/50-plimsoll.conf`,
      ),
      ...["backup.service", "backup.timer", "drill.service", "drill.timer"].map(
        (name) => `${UNITS}/plimsoll-${name}`,
      ),
      `${UNITS}/plimsoll-firewall.service`,
      ...["batch", "door-guard", "door-nginx", "door", "service-chat-1", "service-chat-2"].map(
        (name) => `${UNITS}/plimsoll-local-${name}.slice`,
      ),
      ...["service-chat", "service-postgres", "service-redis", "service"].map(
        (name) => `${UNITS}/plimsoll-local-${name}.slice`,
      ),
      `${UNITS}/plimsoll-local.slice`,
      ...["prune.service", "prune.timer"].map((name) => `${UNITS}/plimsoll-${name}`),
      `${UNITS}/plimsoll.slice`,
      `${UNITS}/service.d/40-plimsoll.conf`,
      `${UNITS}/ssh.service.d/50-plimsoll.conf`,
      `${UNITS}/system.slice.d/50-plimsoll.conf`,
      `${UNITS}/var-lib-plimsoll-swapfile.swap`,
      "/etc/tmpfiles.d/plimsoll-memory.conf",
      "/home/deploy/.ssh/authorized_keys",
    ],
  );
  const commented = files.filter(({ path }) => !/daemon\.json|authorized_keys/.test(path));
  for (const { path, content } of commented) {
    assert.match(content.split("\n")[0] ?? "", /Made by Plimsoll from [\w., ]+; a deploy/, path);
  }
});

test("the service tier's slice has the plan's numbers, and everything above it protects as much", () => {
  assert.deepEqual(settings("plimsoll-local-service"), [
    "MemoryMin=0",
    "MemoryLow=641728512",
    "MemoryHigh=1065353216",
    "MemoryMax=1157627904",
    "MemorySwapMax=125829120",
    "CPUWeight=200",
    "IOWeight=200",
    "TasksMax=1024",
  ]);
  // 612 MiB of the services, and 36 and 48 MiB of nginx and the guard.
  assert.deepEqual(settings("plimsoll"), ["MemoryMin=88080384", "MemoryLow=729808896"]);
  assert.deepEqual(settings("plimsoll-local-door").slice(0, 2), [
    "MemoryMin=88080384",
    "MemoryLow=88080384",
  ]);
});

test("what else runs on the server keeps what a login needs, and ends before it has filled the swap", () => {
  const inForce = lines(`${UNITS}/system.slice.d/50-plimsoll.conf`);
  assert.deepEqual(inForce, [
    "[Unit]",
    "[Slice]",
    "MemoryMin=167772160",
    "MemoryMax=1022361600",
    "MemorySwapMax=134217728",
  ]);
});

test("every service, those of others too, ends by itself; systemd is asked of those that are known", () => {
  const roomOn = (patch: Parameters<typeof bundleWith>[1]) =>
    lines(`${UNITS}/service.d/40-plimsoll.conf`, bundleWith({}, patch)).slice(2);
  assert.deepEqual(roomOn({}), ["MemoryMax=510656512", "MemorySwapMax=67108864"]);
  assert.equal(roomOn({ server: { memory: "8GiB" } })[0], "MemoryMax=2147483648");
  const small = { server: { memory: "1GiB" }, services: { chat: { slots: 1, limit: "200MiB" } } };
  assert.equal(roomOn(small)[0], "MemoryMax=469762048");
  assert.equal(fact("unit", "ssh.service:MemoryMax"), "510656512");
  assert.equal(fact("unit", "service:MemoryMax"), undefined);
});

test("a slot's slice protects its reservation, and two slots' slices together", () => {
  assert.deepEqual(settings("plimsoll-local-service-chat-2"), [
    "MemoryMin=0",
    "MemoryLow=157286400",
    "TasksMax=256",
  ]);
  assert.deepEqual(settings("plimsoll-local-service-chat"), [
    "MemoryMin=0",
    "MemoryLow=314572800",
    "TasksMax=512",
  ]);
});

test("the kernel is asked in the words of its own files", () => {
  const slice =
    "/sys/fs/cgroup/plimsoll.slice/plimsoll-local.slice/plimsoll-local-service.slice/plimsoll-local-service-redis.slice";
  assert.equal(fact("kernel", `${slice}/memory.low`), "75497472");
  assert.equal(fact("kernel", "/proc/sys/vm/swappiness"), "40");
  assert.equal(fact("kernel", "/proc/sys/net/ipv4/ip_local_port_range"), "10240 65000");
  assert.equal(fact("kernel", "/sys/module/zswap/parameters/compressor"), "zstd");
});

test("units are asked in systemd's words, sshd in its own", () => {
  assert.equal(fact("unit", "docker.service:RestartUSec"), "3s");
  assert.equal(fact("unit", "docker.service:StartLimitIntervalUSec"), "5min");
  assert.equal(fact("unit", "plimsoll-local-door.slice:MemoryMin"), "88080384");
  assert.equal(fact("process", "containerd.service"), "-500");
  assert.equal(fact("sshd", "permitrootlogin"), "without-password");
  assert.equal(fact("swap", "total"), "2048");
});

test("Docker is told the environment's slice, short logs, and to leave containers alone", () => {
  const daemon = JSON.parse(text("/etc/docker/daemon.json"));
  assert.deepEqual(daemon, {
    "cgroup-parent": "plimsoll-local.slice",
    "exec-opts": ["native.cgroupdriver=systemd"],
    "live-restore": true,
    "userland-proxy": false,
    "log-driver": "local",
    "log-opts": { "max-size": "10m", "max-file": "3" },
    "default-ulimits": { nofile: { Name: "nofile", Soft: 8192, Hard: 8192 } },
    "default-address-pools": [{ base: "172.30.0.0/16", size: 24 }],
  });
});

test("the firewall opens ssh, what nginx publishes and what is asked for, and nothing on loopback", () => {
  const tls = { certificate: "/etc/tls/cert.pem", key: "/etc/tls/key.pem" };
  const open = bundleWith({ sshPort: 2222, openPorts: [9100, 80] }, { tls });
  assert.equal(fact("firewall", "ports", open), "80 443 2222 9100");
  assert.match(text("/etc/plimsoll/firewall.nft", open), /elements = { 80, 443, 2222, 9100 }/);
  const inside = bundleWith({}, { address: "127.0.0.1" });
  assert.equal(fact("firewall", "ports", inside), "22");
});

test("security updates can be left to the operator", () => {
  const bundle = bundleWith({ securityUpdates: false });
  assert.match(text("/etc/apt/apt.conf.d/52plimsoll", bundle), /Unattended-Upgrade "0";/);
  assert.match(bundle.script, /^UPGRADES=0$/m);
});

test("the same config makes the same bundle, another one another", () => {
  assert.equal(bundleWith().hash, bundleWith().hash);
  assert.notEqual(bundleWith().hash, bundleWith({ swappiness: 10 }).hash);
});

test("a key or a name that a shell could read as more is refused", () => {
  const refused = problemsOf(() =>
    localWith({ host: { deployUser: { name: "de'ploy", keys: ["ssh-rsa AAA'\nEND_OF"] } } }),
  );
  assert.match(
    refused[0] ?? "",
    /host\.deployUser\.name: must be a user name, got "de'ploy"; write/,
  );
  assert.match(refused[1] ?? "", /host\.deployUser\.keys\.0: must be one line of a public key/);
});
