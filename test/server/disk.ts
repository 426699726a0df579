import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Report } from "../../cli/report.ts";
import { cacheFolder } from "../../cli/setup/cache-folder.ts";
import { makeOnce } from "../../cli/setup/once.ts";
import { buildDisk } from "./build-disk.ts";
import { distributionOf } from "./distribution.ts";
import { removeFolder } from "./file-tree.ts";
import { BARE_HOOK, type DiskContent } from "./recipe.ts";
import { ensureRequirements } from "./requirements.ts";

/** Everything that a virtual server boots from; none of it is changed by a boot. */
export interface Disk {
  /** Raw ext4 without a partition table. */
  readonly disk: string;
  readonly swap: string;
  readonly kernel: string;
  readonly initrd: string;
  /** Private ssh key that root of the server accepts. */
  readonly key: string;
  /** The server's host key under the name `HOST_KEY_ALIAS`, because its port differs at each boot. */
  readonly knownHosts: string;
}

/** The files that decide what a disk holds. */
const RECIPE_FILES = [
  ...["recipe.ts", "distribution.ts", "keyring.ts", "file-tree.ts"],
  ...["bootstrap.ts", "build-disk.ts", BARE_HOOK],
] as const;
const HASH_LENGTH = 12;
/** Half a gibibyte each; another checkout's disk is in use until its recipe changes there too. */
const UNUSED_DAYS_MAX = 7;
const MS_PER_DAY = 24 * 60 * 60 * 1000;

async function recipeHash(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of RECIPE_FILES) hash.update(await readFile(join(import.meta.dirname, file)));
  return hash.digest("hex").slice(0, HASH_LENGTH);
}

async function removeUnused(folder: string): Promise<void> {
  const oldest = Date.now() - UNUSED_DAYS_MAX * MS_PER_DAY;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if ((await stat(path)).mtimeMs < oldest) await removeFolder(path);
  }
}

function diskIn(folder: string): Disk {
  const at = (name: string) => join(folder, name);
  return {
    disk: at("disk"),
    swap: at("swap"),
    kernel: at("kernel"),
    initrd: at("initrd"),
    key: at("key"),
    knownHosts: at("known-hosts"),
  };
}

/**
 * The virtual server's disk; built once per recipe, distribution and kind, in about a minute, into the user's cache folder.
 * @throws OperatorError with the fix where something that it takes cannot be had
 */
export async function ensureDisk(
  report: Report,
  { kind = "docker", distribution = "debian13" }: Partial<DiskContent> = {},
): Promise<Disk> {
  await ensureRequirements(report);
  const name = `${await recipeHash()}-${distribution}-${kind}`;
  const folder = join(cacheFolder(), "virtual-server", name);
  const { title } = distributionOf(distribution);
  const make = async () => {
    report.step(`virtual server: building its disk (${title}, ${kind}), once, about a minute`);
    await removeUnused(dirname(folder));
    await buildDisk(folder, { kind, distribution }, report);
    report.done(`virtual server: disk built in ${folder}`);
  };
  const work = {
    file: folder,
    thing: "virtual server",
    isDone: async () => existsSync(folder),
    make,
  };
  await makeOnce(work, report);
  const now = new Date();
  await utimes(folder, now, now);
  return diskIn(folder);
}
