import { existsSync } from "node:fs";
import { readFile, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { type Check, note, ok, problem } from "./check.ts";
import { isAtLeast } from "./version.ts";

const ROOT = new URL("../../", import.meta.url);
/** The first with util.styleText. */
const NODE_VERSION_MIN = "20.12";
/** What a first run can take: Go's caches for the provider 1.8 GB, images and their build cache 2 GB. */
const FREE_BYTES_MIN = 5_000_000_000;
const BYTES_PER_GB = 1_000_000_000;

export function nodeCheck(version = process.versions.node): Check {
  const found = `${version} (${process.execPath})`;
  if (isAtLeast(version, NODE_VERSION_MIN)) return ok("node", found);
  return problem("node", found, `install Node ${NODE_VERSION_MIN} or newer (nodejs.org)`);
}

interface LockedPackage {
  readonly version?: string;
  readonly optional?: boolean;
  readonly link?: boolean;
}

async function locked(file: string): Promise<Readonly<Record<string, LockedPackage>>> {
  const text = await readFile(new URL(file, ROOT), "utf8").catch(() => '{"packages":{}}');
  return (JSON.parse(text) as { packages: Record<string, LockedPackage> }).packages;
}

/** Compares what npm wrote down of its last install with the lock file. */
export async function packagesCheck(): Promise<Check> {
  const [wanted, installed] = await Promise.all([
    locked("package-lock.json"),
    locked("node_modules/.package-lock.json"),
  ]);
  const needed = Object.entries(wanted).filter(
    ([path, { optional, link }]) => path.includes("node_modules/") && !optional && !link,
  );
  const differing = needed.filter(([path, { version }]) => installed[path]?.version !== version);
  if (differing.length === 0) return ok("node packages", `${needed.length}, as locked`);
  return problem(
    "node packages",
    `${differing.length} of ${needed.length} missing or of another version`,
    `npm ci --ignore-scripts, in ${fileURLToPath(ROOT)}`,
  );
}

export async function sshCheck(): Promise<Check> {
  const { code, exitCode, stderr } = await execa("ssh", ["-V"], { reject: false, stdin: "ignore" });
  if (exitCode === 0) return ok("ssh client", stderr.trim());
  const found = code === "ENOENT" ? "none" : stderr.trim();
  return note("ssh client", found, "needed for a server as target: install openssh-client");
}

async function freeBytes(folder: string): Promise<number> {
  const existing = existsSync(folder) ? folder : dirname(folder);
  if (existing !== folder) return freeBytes(existing);
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** @param folder need not exist yet */
export async function diskCheck(name: string, folder: string): Promise<Check> {
  const bytes = await freeBytes(folder);
  const found = `${(bytes / BYTES_PER_GB).toFixed(1)} GB free in ${folder}`;
  if (bytes >= FREE_BYTES_MIN) return ok(name, found);
  return problem(name, found, `a first run needs ${FREE_BYTES_MIN / BYTES_PER_GB} GB; make room`);
}
