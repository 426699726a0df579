import { createHash } from "node:crypto";
import { readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import type { NpmFile } from "../../images/image.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

/** The folder inside every archive of npm. */
const ARCHIVE_FOLDER = "package";

/**
 * Fetches a published package with `npm pack`, which takes it from npm's cache or registry and runs none of its scripts,
 * and puts one of its files into a build context.
 *
 * @throws OperatorError when npm cannot fetch it, or it is not the archive that the pinned integrity stands for
 */
export function addNpmFile(file: NpmFile, context: string): Promise<void> {
  return withTemporaryFolder("npm", async (folder) => {
    const archive = await fetchArchive(file, folder);
    await verify(file, archive);
    const member = `${ARCHIVE_FOLDER}/${file.source}`;
    await execa("tar", ["-xzf", archive, "-C", folder, member]);
    await rename(join(folder, member), join(context, file.destination));
  });
}

async function fetchArchive({ packageName, version }: NpmFile, folder: string): Promise<string> {
  const specifier = `${packageName}@${version}`;
  const pack = ["pack", specifier, "--ignore-scripts", "--pack-destination", folder];
  const result = await execa("npm", pack, { reject: false });
  if (result.failed) {
    throw new OperatorError(
      `npm package ${specifier}: must be fetched, got\n${result.stderr}\ncheck that npm reaches its registry`,
    );
  }
  const [name = ""] = await readdir(folder);
  return join(folder, name);
}

async function verify(file: NpmFile, archive: string): Promise<void> {
  const digest = createHash("sha512")
    .update(await readFile(archive))
    .digest("base64");
  if (`sha512-${digest}` !== file.integrity) {
    throw new OperatorError(
      `npm package ${file.packageName}@${file.version}: integrity must be ${file.integrity}, got sha512-${digest}; do not use it, and check where npm fetches from`,
    );
  }
}
