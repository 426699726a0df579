import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import type { KeyPackage } from "./distribution.ts";
import { PROGRAM_PATH } from "./requirements.ts";

/** Some 10 kB over a slow line. */
const DOWNLOAD_TIMEOUT_MS = 60_000;
const PACKAGE_FILE = "keys.deb";

async function download({ url }: KeyPackage): Promise<Buffer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
    if (!response.ok) throw new Error(`${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw new OperatorError(
      `virtual server: ${url} must be had, got ${(error as Error).message}; let this machine reach it, then run this again`,
    );
  }
}

function requireSum(bytes: Buffer, { url, sha256 }: KeyPackage): void {
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found === sha256) return;
  throw new OperatorError(
    `virtual server: ${url} must have the SHA-256 ${sha256}, got ${found}; look what stands between this machine and the archive`,
  );
}

/**
 * Fetches an archive's keys into a new folder.
 * @returns the path of the file with them
 * @throws OperatorError where the package cannot be had, or is not the one that the recipe names
 */
export async function fetchKeyring(folder: string, keys: KeyPackage): Promise<string> {
  const bytes = await download(keys);
  requireSum(bytes, keys);
  const file = join(folder, PACKAGE_FILE);
  await mkdir(folder);
  await writeFile(file, bytes);
  await execa("dpkg-deb", ["--extract", file, folder], { env: { PATH: PROGRAM_PATH } });
  return join(folder, keys.file);
}
