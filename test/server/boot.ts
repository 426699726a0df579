import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { Target } from "../../cli/target.ts";
import { bootId, endConnection } from "./connection.ts";
import type { Qemu } from "./qemu.ts";

/** 20 s on two idle cores; a machine that is busy with other machines needs twenty times that. */
const BOOT_TIMEOUT_MS = 600_000;
const POLL_INTERVAL_MS = 250;
/** systemd gives containers 10 s each to stop, and emulation is slow. */
const POWER_OFF_TIMEOUT_MS = 60_000;
const KILL_TIMEOUT_MS = 5000;
const SHOWN_LINES = 30;
/** Source: Linux, kernel/panic.c. */
const PANIC = "Kernel panic - ";

export interface Running {
  readonly qemu: Qemu;
  readonly target: Target;
  readonly sshPort: number;
  readonly sshOptions: readonly string[];
  /** Deleted at the end: console log, ssh's control socket. */
  readonly folder: string;
}

export const consoleFile = (folder: string) => join(folder, "console.log");

async function consoleLog({ folder }: Running): Promise<string> {
  return stripVTControlCharacters(await readFile(consoleFile(folder), "utf8").catch(() => ""));
}

async function failure(running: Running, what: string): Promise<Error> {
  const { qemu } = running;
  const log = await consoleLog(running);
  const said = qemu.hasEnded() ? (await qemu.ended).split("\n") : [];
  const tail = [...said, ...log.trim().split(/[\r\n]+/)].slice(-SHOWN_LINES).join("\n  ");
  return new Error(`virtual server: ${what}; the end of its console:\n  ${tail}`);
}

/**
 * Waits until ssh lets us in.
 * @param previous the boot that is ending; undefined for the first
 * @throws when QEMU ends, the kernel panics or 10 minutes have passed, with the end of the console
 */
export async function waitForBoot(running: Running, previous?: string): Promise<void> {
  const { qemu, target, sshPort } = running;
  const end = Date.now() + BOOT_TIMEOUT_MS;
  while (Date.now() < end) {
    if (qemu.hasEnded()) throw await failure(running, "QEMU ended while it booted");
    if ((await consoleLog(running)).includes(PANIC))
      throw await failure(running, "its kernel panicked");
    const id = await bootId(target, sshPort);
    if (id !== undefined && id !== previous) return;
    await sleep(POLL_INTERVAL_MS);
  }
  throw await failure(running, `did not answer ssh within ${BOOT_TIMEOUT_MS / 1000} s`);
}

/** The connection may go before the answer comes. */
async function order(target: Target, verb: "reboot" | "poweroff"): Promise<void> {
  const run = target.run(["systemctl", verb], { timeout: POWER_OFF_TIMEOUT_MS });
  await run.catch(() => undefined);
}

/** Reboots from inside and waits for the new boot; the end of the old one is not waited for. */
export async function reboot(running: Running): Promise<void> {
  const { target, sshPort, folder } = running;
  const previous = await bootId(target, sshPort);
  await order(target, "reboot");
  await endConnection(folder);
  await waitForBoot(running, previous);
}

async function endsWithin(qemu: Qemu, timeoutMs: number): Promise<boolean> {
  const answered = new AbortController();
  const late = sleep(timeoutMs, false, { signal: answered.signal }).catch(() => false);
  try {
    return await Promise.race([qemu.ended.then(() => true), late]);
  } finally {
    answered.abort();
  }
}

/** Shuts the server down, by force where that takes longer than 60 s. */
export async function powerOff({ qemu, target, folder }: Running): Promise<void> {
  if (!qemu.hasEnded()) {
    await order(target, "poweroff");
  }
  if (!(await endsWithin(qemu, POWER_OFF_TIMEOUT_MS))) {
    qemu.kill();
    await endsWithin(qemu, KILL_TIMEOUT_MS);
  }
  await endConnection(folder);
}
