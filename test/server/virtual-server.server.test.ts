import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readlink, stat } from "node:fs/promises";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { terminalReport } from "../../cli/report.ts";
import { isAtLeast } from "../../cli/setup/version.ts";
import { AS_NOBODY } from "../cli/setup/support/machine.ts";
import { ensureDisk } from "./disk.ts";
import { bootServer, type VirtualServer } from "./virtual-server.ts";

const RELAY_PORT = 8081;
const KIB_PER_MIB = 1024;
const ANSWER_TIMEOUT_MS = 30_000;
const POLL_INTERVAL_MS = 100;
const CALL = fileURLToPath(new URL("../cli/setup/support/call.ts", import.meta.url));

let server: VirtualServer;

before(async () => {
  server = await bootServer({ forwards: [{ guest: RELAY_PORT }], report: terminalReport });
});
after(() => server?.powerOff());

async function output(...command: [string, ...string[]]): Promise<string> {
  const { stdout } = await server.run(command);
  return String(stdout).trim();
}

async function waitUntilGone(path: string): Promise<void> {
  const end = Date.now() + ANSWER_TIMEOUT_MS;
  while (existsSync(path) && Date.now() < end) await sleep(POLL_INTERVAL_MS);
  assert.equal(existsSync(path), false, `${path} is still there`);
}

async function greeting(port: number): Promise<string> {
  const socket = connect(port, server.host);
  try {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const [data] = (await once(socket, "data", { signal })) as [Buffer];
    return data.toString();
  } finally {
    socket.destroy();
  }
}

test("it is a 2 GB server with two processors, swap, cgroup v2 and pressure figures", async () => {
  const totalKib = Number(/MemTotal:\s+(\d+) kB/.exec(await output("cat", "/proc/meminfo"))?.[1]);
  const totalMib = totalKib / KIB_PER_MIB;
  assert.ok(totalMib > 1900 && totalMib < 2048, `${totalMib} MiB`);
  assert.equal(await output("nproc"), "2");
  assert.equal(
    await output("swapon", "--noheadings", "--show=NAME,SIZE", "--raw"),
    "/dev/vdb 1024M",
  );
  assert.equal(await output("stat", "--file-system", "--format=%T", "/sys/fs/cgroup"), "cgroup2fs");
  assert.match(await output("cat", "/proc/pressure/memory"), /^some avg10=/);
});

test("its clock is this machine's", async () => {
  const beforeSeconds = Math.floor(Date.now() / 1000);
  const there = Number(await output("date", "+%s"));
  const afterSeconds = Math.ceil(Date.now() / 1000);
  assert.ok(
    there >= beforeSeconds - 2 && there <= afterSeconds + 2,
    `${there - beforeSeconds} s off`,
  );
});

test("Docker is Debian's, with systemd as its cgroup driver and AppArmor on", async () => {
  const format = "{{.ServerVersion}} {{.CgroupDriver}} {{.CgroupVersion}} {{.SecurityOptions}}";
  const info = await output("docker", "info", "--format", format);
  const [version = "", driver, cgroup] = info.split(" ");
  assert.ok(isAtLeast(version, "26"), version);
  assert.equal(driver, "systemd");
  assert.equal(cgroup, "2");
  assert.match(info, /name=apparmor/);
  assert.equal(await output("docker", "image", "ls", "--quiet"), "");
});

test("a forwarded port leads to the server's", async () => {
  const listen = `--socket-property=ListenStream=${RELAY_PORT}`;
  // systemd itself listens before the command returns.
  const relay = ["/usr/lib/systemd/systemd-socket-proxyd", "127.0.0.1:22"];
  await server.run(["systemd-run", "--unit=relay", listen, ...relay]);
  assert.match(await greeting(server.forwarded.get(RELAY_PORT) as number), /^SSH-2\.0-OpenSSH/);
});

test("a reboot keeps what was written and brings Docker back", async () => {
  const old = await output("cat", "/proc/sys/kernel/random/boot_id");
  await server.run(["touch", "/var/kept"]);
  await server.reboot();
  assert.notEqual(await output("cat", "/proc/sys/kernel/random/boot_id"), old);
  assert.equal(await output("ls", "/var/kept"), "/var/kept");
  assert.match(await output("docker", "info", "--format", "{{.CgroupDriver}}"), /^systemd$/);
});

test("power-off leaves nothing, and the cached disk as it was", async () => {
  const { disk } = await ensureDisk(terminalReport);
  const descriptors = `/proc/${server.pid}/fd`;
  const open = await Promise.all(
    (await readdir(descriptors)).map((name) => readlink(`${descriptors}/${name}`).catch(() => "")),
  );
  const overlays = open.filter((file) => file.endsWith(" (deleted)"));
  assert.equal(overlays.length, 2, open.join("\n"));
  const bootedFrom = await stat(disk);
  await server.powerOff();
  assert.equal(existsSync(`/proc/${server.pid}`), false);
  assert.equal(existsSync(server.folder), false);
  assert.equal((await stat(disk)).mtimeMs, bootedFrom.mtimeMs);
  await server.powerOff();
});

test("a machine ends with the process that started it, even if that is killed", async () => {
  const disk = await ensureDisk(terminalReport);
  const machine = { disk, forwards: [], consoleFile: "/dev/null" };
  const module = new URL("qemu.ts", import.meta.url).href;
  const script = `const { startQemu } = await import("${module}"); console.log(startQemu(${JSON.stringify(machine)}).pid);`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  const starter = execa(process.execPath, args, { reject: false, timeout: ANSWER_TIMEOUT_MS });
  const [pid] = (await once(starter.stdout, "data")) as [Buffer];
  const place = `/proc/${pid.toString().trim()}`;
  assert.equal(existsSync(place), true);
  starter.kill("SIGKILL");
  await waitUntilGone(place);
});

test("an ordinary user is told what it takes", async () => {
  const module = new URL("requirements.ts", import.meta.url).href;
  const call = [process.execPath, "--import", "tsx", CALL, module, "canRunServer", "[]"];
  const [program = "", ...args] = [...AS_NOBODY, ...call];
  const { stdout } = await execa(program, args);
  assert.equal(
    JSON.parse(stdout),
    "its disk is built by root, who also installs what is missing (qemu-system-x86, mmdebstrap), got another user; run this as root",
  );
});
