import { randomUUID } from "node:crypto";
import {
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import type { Report } from "../../cli/report.ts";
import { OperatorError } from "../../core/operator-error.ts";
import {
  DISK_BYTES,
  DPKG_OPTIONS,
  EARLY_FILES,
  FILES,
  LINKS,
  PACKAGES,
  SOURCES,
  SUITE,
  SWAP_ARGUMENTS,
  SWAP_BYTES,
} from "./recipe.ts";

/** Name in the known hosts file: address and port are not the server's own. */
export const HOST_KEY_ALIAS = "virtual-server";

/** 200 MB of packages over a slow line, then a minute of unpacking. */
const BOOTSTRAP_TIMEOUT_MS = 20 * 60 * 1000;
const SHOWN_LINES = 15;
/** How mmdebstrap begins the lines that name its steps. */
const INFO = "I: ";

/** Never crosses into a mount, should the bootstrap have left one of this machine's folders inside. */
export async function removeFolder(folder: string): Promise<void> {
  await execa("rm", ["-rf", "--one-file-system", "--", folder]);
}

async function writeTree(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    // A link would lead out of the tree, into this machine's own files.
    await rm(file, { force: true });
    await writeFile(file, text);
  }
}

function bootstrapCommand(root: string, early: string): string[] {
  return [
    // It ends with this process, even if that is killed, and with it all that it started and mounted inside the tree.
    ...["setpriv", "--pdeathsig", "KILL"],
    ...[
      "unshare",
      "--mount",
      "--propagation=private",
      "--pid",
      "--fork",
      "--kill-child",
      "--mount-proc",
      "--",
    ],
    ...["mmdebstrap", "--mode=root", "--format=directory", "--variant=minbase"],
    `--include=${PACKAGES.join(",")}`,
    ...DPKG_OPTIONS.map((option) => `--dpkgopt=${option}`),
    `--setup-hook=sync-in ${early} /`,
    ...[SUITE, root, ...SOURCES],
  ];
}

async function bootstrap(root: string, early: string, report: Report): Promise<void> {
  await writeTree(early, EARLY_FILES);
  const [program = "", ...args] = bootstrapCommand(root, early);
  const run = execa(program, args, {
    all: true,
    reject: false,
    stdin: "ignore",
    timeout: BOOTSTRAP_TIMEOUT_MS,
    killSignal: "SIGKILL",
    env: { LC_ALL: "C.UTF-8" },
  });
  for await (const line of run.iterable({ from: "all" })) {
    if (line.startsWith(INFO)) report.detail(line.slice(INFO.length));
  }
  const { exitCode, all = "" } = await run;
  if (exitCode === 0) return;
  const tail = all.trim().split("\n").slice(-SHOWN_LINES).join("\n  ");
  throw new OperatorError(
    `virtual server: mmdebstrap could not install Debian 13; put right what it says, then run this again:\n  ${tail}`,
  );
}

/** Profiles of programs that are not there take seconds to load; Docker brings its own. */
async function removeProfiles(root: string): Promise<void> {
  const folder = join(root, "etc/apparmor.d");
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isFile()) await rm(join(folder, entry.name));
  }
}

async function makeKey(folder: string, root: string): Promise<void> {
  const key = join(folder, "key");
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "virtual-server", "-f", key]);
  await mkdir(join(root, "root/.ssh"), { recursive: true, mode: 0o700 });
  await copyFile(`${key}.pub`, join(root, "root/.ssh/authorized_keys"));
  const hostKey = await readFile(join(root, "etc/ssh/ssh_host_ed25519_key.pub"), "utf8");
  await writeFile(join(folder, "known-hosts"), `${HOST_KEY_ALIAS} ${hostKey}`);
}

async function configure(root: string): Promise<void> {
  await removeProfiles(root);
  // Without one, each boot from this disk would be a first boot.
  await writeFile(join(root, "etc/machine-id"), `${randomUUID().replaceAll("-", "")}\n`);
  for (const [path, target] of Object.entries(LINKS)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(target, join(root, path));
  }
  await writeTree(root, FILES);
}

async function copyBootFile(root: string, prefix: string, target: string): Promise<void> {
  const boot = join(root, "boot");
  const name = (await readdir(boot)).find((file) => file.startsWith(prefix));
  if (name === undefined) throw new Error(`virtual server: no ${prefix} was installed`);
  await copyFile(join(boot, name), target);
}

async function sparseFile(file: string, bytes: number): Promise<string> {
  const handle = await open(file, "w");
  await handle.truncate(bytes);
  await handle.close();
  return file;
}

async function pack(root: string, folder: string): Promise<void> {
  await copyBootFile(root, "vmlinuz-", join(folder, "kernel"));
  await copyBootFile(root, "initrd.img-", join(folder, "initrd"));
  const swap = await sparseFile(join(folder, "swap"), SWAP_BYTES);
  await execa("mkswap", [...SWAP_ARGUMENTS, swap]);
  const disk = await sparseFile(join(folder, "disk"), DISK_BYTES);
  // A new sparse file holds zeros already.
  await execa("mke2fs", ["-q", "-t", "ext4", "-E", "lazy_journal_init=1", "-d", root, disk]);
}

/**
 * Builds the disk, its kernel and its keys into a folder that appears whole or not at all. As root, one at a time.
 * @throws OperatorError with the last lines of the bootstrap where it fails
 */
export async function buildDisk(folder: string, report: Report): Promise<void> {
  const building = `${folder}.building`;
  // What a killed run left.
  await removeFolder(building);
  const root = join(building, "root");
  const early = join(building, "early");
  await mkdir(early, { recursive: true, mode: 0o700 });
  try {
    await bootstrap(root, early, report);
    report.detail("packing the disk");
    await configure(root);
    await makeKey(building, root);
    await pack(root, building);
    await removeFolder(root);
    await removeFolder(early);
    await rename(building, folder);
  } finally {
    await removeFolder(building);
  }
}
