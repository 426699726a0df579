import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";

/** Texts, or targets of symbolic links, by path below the root. */
type Entries = Readonly<Record<string, string>>;

async function makePlace(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  // A link would lead out of the tree, into this machine's own files.
  await rm(file, { force: true });
  return file;
}

export async function writeFiles(root: string, files: Entries): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await writeFile(await makePlace(join(root, path)), text);
  }
}

export async function writeLinks(root: string, links: Entries): Promise<void> {
  for (const [path, target] of Object.entries(links)) {
    await symlink(target, await makePlace(join(root, path)));
  }
}

/** Never crosses into a mount, should the bootstrap have left one of this machine's folders inside. */
export async function removeFolder(folder: string): Promise<void> {
  await execa("rm", ["-rf", "--one-file-system", "--", folder]);
}
