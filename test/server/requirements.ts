import { statfs } from "node:fs/promises";
import { freemem, homedir } from "node:os";
import { delimiter } from "node:path";
import type { Report } from "../../cli/report.ts";
import { installPackages } from "../../cli/setup/apt.ts";
import { whyNoPackages } from "../../cli/setup/distribution.ts";
import { findProgram } from "../../cli/setup/program.ts";
import { OperatorError } from "../../core/operator-error.ts";

const BYTES_PER_GIB = 1024 ** 3;
/** The server's own 2 GiB, and QEMU's translated code. */
const MEMORY_GIB_MIN = 3;
/** The disk's 0.6 GiB twice while it is built, and what a deploy writes: images packed, unpacked, and volumes. */
const DISK_GIB_MIN = 6;
/** Where QEMU puts what the server writes, if TMPDIR does not say otherwise. */
const QEMU_FOLDER = "/var/tmp";

/** Where Debian keeps the programs of root, which PATH lacks after `su` without a dash. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin"];
export const PROGRAM_PATH = [process.env["PATH"] ?? "", ...SYSTEM_FOLDERS].join(delimiter);

/** Program, and the package of Debian and Ubuntu that brings it. */
const PROGRAMS = {
  "qemu-system-x86_64": "qemu-system-x86",
  mmdebstrap: "mmdebstrap",
  mke2fs: "e2fsprogs",
  mkswap: "util-linux",
  setpriv: "util-linux",
  unshare: "util-linux",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
} as const;
/** Ubuntu does not know Debian's keys without it; on Debian it is always there. */
const KEYRING_PACKAGE = "debian-archive-keyring";

async function missingPackages(): Promise<string[]> {
  const missing = new Set<string>();
  for (const [program, name] of Object.entries(PROGRAMS)) {
    if ((await findProgram(program, SYSTEM_FOLDERS)) === undefined) missing.add(name);
  }
  return missing.size === 0 ? [] : [...missing, KEYRING_PACKAGE];
}

async function whyNotInstalled(): Promise<string | undefined> {
  const missing = await missingPackages();
  const refusal = missing.length > 0 ? await whyNoPackages() : undefined;
  if (refusal === undefined) return undefined;
  return `needs Debian's ${missing.join(", ")}, and ${refusal}; install what brings the same programs here, or run this on Debian or Ubuntu`;
}

async function whyTooSmall(): Promise<string | undefined> {
  const memoryGib = freemem() / BYTES_PER_GIB;
  if (memoryGib < MEMORY_GIB_MIN)
    return `needs ${MEMORY_GIB_MIN} GiB of free memory, got ${memoryGib.toFixed(1)}; end something or run it on a larger machine`;
  for (const folder of [homedir(), process.env["TMPDIR"] ?? QEMU_FOLDER]) {
    const { bavail, bsize } = await statfs(folder);
    const diskGib = (bavail * bsize) / BYTES_PER_GIB;
    if (diskGib < DISK_GIB_MIN)
      return `needs ${DISK_GIB_MIN} GiB of free disk in ${folder}, got ${diskGib.toFixed(1)}; free some`;
  }
  return undefined;
}

/**
 * Why a virtual server cannot be had on this machine, with the fix; undefined where it can, if need be after an
 * installation of packages.
 */
export async function canRunServer(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64")
    return `must run on Linux on amd64, got ${process.platform} on ${process.arch}; run it on such a machine`;
  // The files on its disk belong to root and to system users.
  if (process.getuid?.() !== 0)
    return "its disk is built by root, who also installs what is missing (qemu-system-x86, mmdebstrap), got another user; run this as root";
  return (await whyNotInstalled()) ?? whyTooSmall();
}

/**
 * Installs what the virtual server needs of this machine and lacks.
 * @throws OperatorError with what is missing and how to get it
 */
export async function ensureRequirements(report: Report): Promise<void> {
  const reason = await canRunServer();
  if (reason !== undefined) throw new OperatorError(`virtual server: ${reason}`);
  const missing = await missingPackages();
  if (missing.length > 0) await installPackages("virtual server", missing, report);
}
