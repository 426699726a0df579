import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file that is made from something else, and kept for reviews. */
export interface Generated {
  /** Relative to the project's folder. */
  readonly path: string;
  readonly text: string;
}

async function differs({ path, text }: Generated, folder: string): Promise<boolean> {
  try {
    return (await readFile(join(folder, path), "utf8")) !== text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
}

/** Paths of those that do not say what they would if they were made now. */
export async function stale(files: readonly Generated[], folder: string): Promise<string[]> {
  const old = await Promise.all(files.map((file) => differs(file, folder)));
  return files.filter((_, at) => old[at]).map(({ path }) => path);
}

/** @returns paths of those that changed */
export async function writeGenerated(
  files: readonly Generated[],
  folder: string,
): Promise<string[]> {
  const changed = await stale(files, folder);
  for (const { path, text } of files.filter((file) => changed.includes(file.path))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return changed;
}
