import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import type { Target } from "../../cli/target.ts";
import { HOST_KEY_ALIAS } from "./build-disk.ts";
import type { Disk } from "./disk.ts";

/** QEMU accepts for the server before the server does, so only its banner counts. Source: RFC 4253, 4.2. */
const BANNER = "SSH-";
const BANNER_TIMEOUT_MS = 3000;
/** A handshake takes 2 s under emulation, several times that while Docker starts. */
const HANDSHAKE_TIMEOUT_SECONDS = 60;
const ANSWER_TIMEOUT_MS = 90_000;
const CLOSE_TIMEOUT_MS = 5000;
const BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";

/** One server, one folder: the name need not tell connections apart, and a socket's path may not be long. */
const controlPath = (folder: string) => join(folder, "control");

/** ssh options of every connection to the server, none with a blank in it; `folder` is the running server's own. */
export function connectionOptions(disk: Disk, folder: string): string[] {
  const options = {
    // The emulated processor has AES instructions: four times as fast as ssh's first choice.
    Ciphers: "aes128-gcm@openssh.com",
    IdentityFile: disk.key,
    IdentitiesOnly: "yes",
    UserKnownHostsFile: disk.knownHosts,
    HostKeyAlias: HOST_KEY_ALIAS,
    StrictHostKeyChecking: "yes",
    ConnectTimeout: `${HANDSHAKE_TIMEOUT_SECONDS}`,
    ControlPath: controlPath(folder),
    LogLevel: "ERROR",
  };
  return Object.entries(options).map(([key, value]) => `-o${key}=${value}`);
}

/** Ends the connection that all others share: after a reboot nothing answers on it. */
export async function endConnection(folder: string): Promise<void> {
  const args = ["-o", `ControlPath=${controlPath(folder)}`, "-O", "exit", HOST_KEY_ALIAS];
  await execa("ssh", args, { reject: false, timeout: CLOSE_TIMEOUT_MS });
}

export async function sendsBanner(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    const signal = AbortSignal.timeout(BANNER_TIMEOUT_MS);
    const [data] = (await once(socket, "data", { signal })) as [Buffer];
    return data.toString().startsWith(BANNER);
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** The kernel's name for this boot; undefined where ssh does not let us in now. */
export async function bootId(target: Target, port: number): Promise<string | undefined> {
  // Cheap for a server that is booting; a whole ssh is not.
  if (!(await sendsBanner(port))) return undefined;
  const read = target.run(["cat", BOOT_ID_FILE], { timeout: ANSWER_TIMEOUT_MS });
  return read.then(
    ({ stdout }) => String(stdout).trim() || undefined,
    () => undefined,
  );
}
