import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../../cli/report.ts";
import { openTarget, type Target } from "../../cli/target.ts";
import { freePorts } from "../support/free-ports.ts";
import { atEnd } from "./at-end.ts";
import { consoleFile, powerOff, type Running, reboot, waitForBoot } from "./boot.ts";
import { connectionOptions } from "./connection.ts";
import { type Disk, ensureDisk } from "./disk.ts";
import { type Forward, startQemu } from "./qemu.ts";
import type { DiskContent } from "./recipe.ts";

const HOST = "127.0.0.1";
const SSH_PORT = 22;

/** What its disk holds: Debian 13 with Docker unless said otherwise. */
export interface ServerOptions extends Partial<DiskContent> {
  /** Ports of the server that 127.0.0.1 leads to, besides that of ssh. `host`: default a free one. */
  readonly forwards?: readonly { readonly host?: number; readonly guest: number }[];
  readonly report: Report;
}

/** A running 2 GB, 2-vCPU server, as installed; what is written to it is forgotten at the end. */
export interface VirtualServer {
  readonly host: string;
  readonly sshPort: number;
  /** Port of 127.0.0.1 by port of the server, with that of ssh. */
  readonly forwarded: ReadonlyMap<number, number>;
  /** `ssh://root@127.0.0.1:PORT` */
  readonly target: string;
  /** What ssh needs to get in, as `-oKey=value` words. */
  readonly sshOptions: readonly string[];
  /** QEMU's. */
  readonly pid: number;
  /** Console log and ssh's control socket; deleted at the end. */
  readonly folder: string;
  /** Runs a program on the server; the array reaches it word for word. */
  readonly run: Target["run"];
  /** Reboots from inside; resolves when a new boot answers ssh. What was written to the disk is kept. */
  reboot(): Promise<void>;
  /** Shuts the server down, by force after 60 s, and leaves nothing. May be called again. */
  powerOff(): Promise<void>;
}

async function withHostPorts({ forwards = [] }: ServerOptions): Promise<Forward[]> {
  const free = await freePorts(forwards.length + 1);
  const wanted: { host?: number; guest: number }[] = [{ guest: SSH_PORT }, ...forwards];
  return wanted.map(({ guest, host }, at) => ({ guest, host: host ?? (free[at] as number) }));
}

interface Place {
  readonly disk: Disk;
  readonly forwards: readonly Forward[];
  readonly folder: string;
}

function start({ disk, forwards, folder }: Place): Running {
  const sshPort = forwards.find(({ guest }) => guest === SSH_PORT)?.host as number;
  const sshOptions = connectionOptions(disk, folder);
  const target = openTarget(`ssh://root@${HOST}:${sshPort}`, sshOptions);
  const qemu = startQemu({ disk, forwards, consoleFile: consoleFile(folder) });
  return { qemu, target, sshPort, sshOptions, folder };
}

async function waitOrKill(running: Running, clean: () => void): Promise<void> {
  try {
    await waitForBoot(running);
  } catch (error) {
    running.qemu.kill();
    await running.qemu.ended;
    clean();
    throw error;
  }
}

/**
 * Boots a virtual server, from a disk that is built first where this machine has none yet. It ends with this process
 * at the latest.
 * @throws OperatorError where this machine cannot run one; an error with the end of its console where it does not boot
 */
export async function bootServer(options: ServerOptions): Promise<VirtualServer> {
  const { report } = options;
  const disk = await ensureDisk(report, options);
  const forwards = await withHostPorts(options);
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-server-"));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  const forget = atEnd(removeFolder);
  const clean = () => {
    removeFolder();
    forget();
  };
  report.step("virtual server: booting, 20 s and more");
  const running = start({ disk, forwards, folder });
  await waitOrKill(running, clean);
  report.done(`virtual server: answers at ${running.target.name}`);
  const { qemu, sshPort, sshOptions, target } = running;
  return {
    ...{ host: HOST, sshPort, sshOptions, target: target.name, pid: qemu.pid, folder },
    forwarded: new Map(forwards.map(({ guest, host }) => [guest, host])),
    run: target.run,
    reboot: () => reboot(running),
    powerOff: async () => {
      await powerOff(running);
      clean();
    },
  };
}
