import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type HeldFile, holdOptional, numberOf } from "./held-file.ts";
import type { MemoryReading } from "./memory-reading.ts";

export const CGROUP_ROOT = "/sys/fs/cgroup";
/** "No limit" of version 1 is the largest multiple of a page; no real limit is near it. */
const UNLIMITED_BYTES = 2 ** 60;
const US_PER_MS = 1_000;

interface Version {
  readonly root: string;
  readonly usage: string;
  readonly limit: string;
  readonly inactiveFile: string;
  readonly events: string;
}

const V2: Version = {
  root: "",
  usage: "memory.current",
  limit: "memory.max",
  inactiveFile: "inactive_file",
  events: "memory.events",
};
const V1: Version = {
  root: "memory",
  usage: "memory.usage_in_bytes",
  limit: "memory.limit_in_bytes",
  inactiveFile: "total_inactive_file",
  events: "memory.oom_control",
};

interface Files {
  readonly version: Version;
  readonly usage: HeldFile | undefined;
  readonly stat: HeldFile | undefined;
  readonly limit: HeldFile | undefined;
  readonly events: HeldFile | undefined;
  readonly pressure: HeldFile | undefined;
}

/** The memory of one cgroup, version 1 or 2, read from files that are held open. */
export class Cgroup {
  readonly #root: string;
  readonly #path: string;
  #files: Files | undefined;
  #generation = 0;

  /** @param path below `root`; with version 1 without the controller's folder. */
  constructor(path: string, root = CGROUP_ROOT) {
    this.#path = path;
    this.#root = root;
  }

  /** Undefined while there is nothing to read: no such cgroup, not allowed, not a number. */
  read(): MemoryReading | undefined {
    try {
      this.#files ??= this.#open();
      const found = this.#files && reading(this.#files, this.#generation);
      if (found === undefined) this.close();
      return found;
    } catch {
      // The cgroup was removed with its container; the next look finds the new one.
      this.close();
      return undefined;
    }
  }

  close(): void {
    const files = this.#files;
    this.#files = undefined;
    for (const file of [files?.usage, files?.stat, files?.limit, files?.events, files?.pressure]) {
      file?.close();
    }
  }

  #open(): Files | undefined {
    const version = existsSync(join(this.#root, V1.root, "memory.stat")) ? V1 : V2;
    const top = join(this.#root, version.root, this.#path);
    const folder = containerFolder(top, version);
    if (folder === undefined) return undefined;
    this.#generation += 1;
    return {
      version,
      usage: holdOptional(join(folder, version.usage)),
      stat: holdOptional(join(folder, "memory.stat")),
      limit: holdOptional(join(folder, version.limit)),
      events: holdOptional(join(folder, version.events)),
      pressure: holdOptional(join(folder, "memory.pressure")),
    };
  }
}

/**
 * A slot's cgroup holds its container's, which has the limit and counts the kills. Where several or none are below,
 * the cgroup named is the one that counts.
 */
function containerFolder(top: string, version: Version): string | undefined {
  if (!existsSync(join(top, version.usage))) return undefined;
  const below = readdirSync(top, { withFileTypes: true }).filter((each) => each.isDirectory());
  const [only, ...others] = below.map(({ name }) => join(top, name));
  const isContainer = only !== undefined && others.length === 0;
  return isContainer && existsSync(join(only, version.usage)) ? only : top;
}

function reading(files: Files, generation: number): MemoryReading | undefined {
  const current = Number.parseInt(files.usage?.read() ?? "", 10);
  const inactive = numberOf(files.stat?.read() ?? "", files.version.inactiveFile);
  if (!Number.isSafeInteger(current) || current < 0) return undefined;
  return {
    usedBytes: Math.max(0, current - (inactive ?? 0)),
    limitBytes: limitOf(files.limit?.read()),
    oomKills: numberOf(files.events?.read() ?? "", "oom_kill"),
    stallMs: stallOf(files.pressure?.read()),
    generation,
  };
}

function limitOf(text = ""): number | undefined {
  const bytes = Number.parseInt(text, 10);
  return bytes > 0 && bytes < UNLIMITED_BYTES ? bytes : undefined;
}

function stallOf(text = ""): number | undefined {
  const total = /^full .*total=(\d+)/m.exec(text)?.[1];
  return total === undefined ? undefined : Number(total) / US_PER_MS;
}
