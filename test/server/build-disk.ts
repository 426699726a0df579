import { randomUUID } from "node:crypto";
import { copyFile, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Report } from "../../cli/report.ts";
import { bootstrap } from "./bootstrap.ts";
import { removeFolder, writeFiles, writeLinks } from "./file-tree.ts";
import {
  DISK_BYTES,
  type DiskContent,
  type DiskKind,
  FILES,
  LINKS,
  SWAP_ARGUMENTS,
  SWAP_BYTES,
} from "./recipe.ts";
import { PROGRAM_PATH } from "./requirements.ts";

/** Name in the known hosts file: address and port are not the server's own. */
export const HOST_KEY_ALIAS = "virtual-server";

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

async function configure(root: string, kind: DiskKind): Promise<void> {
  await removeProfiles(root);
  // Without one, each boot from this disk would be a first boot.
  await writeFile(join(root, "etc/machine-id"), `${randomUUID().replaceAll("-", "")}\n`);
  await writeLinks(root, LINKS);
  await writeFiles(root, FILES[kind]);
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
  const env = { PATH: PROGRAM_PATH };
  await copyBootFile(root, "vmlinuz-", join(folder, "kernel"));
  await copyBootFile(root, "initrd.img-", join(folder, "initrd"));
  const swap = await sparseFile(join(folder, "swap"), SWAP_BYTES);
  await execa("mkswap", [...SWAP_ARGUMENTS, swap], { env });
  const disk = await sparseFile(join(folder, "disk"), DISK_BYTES);
  // A new sparse file holds zeros already.
  const options = ["-q", "-t", "ext4", "-E", "lazy_journal_init=1", "-d", root];
  await execa("mke2fs", [...options, disk], { env });
}

/**
 * Builds the disk, its kernel and its keys into a folder that appears whole or not at all. As root, one at a time.
 * @throws OperatorError with the last lines of the bootstrap where it fails
 */
export async function buildDisk(
  folder: string,
  content: DiskContent,
  report: Report,
): Promise<void> {
  const building = `${folder}.building`;
  // What a killed run left.
  await removeFolder(building);
  await mkdir(building, { mode: 0o700 });
  try {
    const root = await bootstrap(building, content, report);
    report.detail("packing the disk");
    await configure(root, content.kind);
    await makeKey(building, root);
    await pack(root, building);
    await removeFolder(root);
    await rename(building, folder);
  } finally {
    await removeFolder(building);
  }
}
