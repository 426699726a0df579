import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The first executable of that name in PATH, then in the further folders; undefined where there is none. */
export async function findProgram(
  name: string,
  furtherFolders: readonly string[] = [],
): Promise<string | undefined> {
  const path = (process.env["PATH"] ?? "").split(delimiter).filter(Boolean);
  for (const folder of [...path, ...furtherFolders]) {
    const file = join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}
