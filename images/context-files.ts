import { type Dirent, readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";

/** One entry of a build context. */
export interface ContextFile {
  /** Path inside the context, with `/`. */
  readonly path: string;
  /** Where a symbolic link points; undefined for a file. */
  readonly link?: string;
  readonly executable: boolean;
}

const ANY_EXECUTE_BIT = 0o111;

export interface ContextFilter {
  /** Names left out at any depth. */
  readonly ignored: readonly string[];
  /** Paths from the top left out. */
  readonly outputs: readonly string[];
}

/**
 * The files and symbolic links below a folder, sorted by path; empty folders do not count, as in Git.
 *
 * @throws the file system's error when the folder cannot be read
 */
export function contextFiles(folder: string, filter: ContextFilter): ContextFile[] {
  // By code unit: the order must not depend on the operator's locale.
  return filesBelow(folder, "", filter).sort((a, b) => (a.path < b.path ? -1 : 1));
}

function filesBelow(folder: string, prefix: string, filter: ContextFilter): ContextFile[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .filter(({ name }) => !filter.ignored.includes(name) && !filter.outputs.includes(prefix + name))
    .flatMap((entry) => {
      const path = prefix + entry.name;
      return entry.isDirectory()
        ? filesBelow(folder, `${path}/`, filter)
        : contextFile(folder, path, entry);
    });
}

function contextFile(folder: string, path: string, entry: Dirent): ContextFile[] {
  if (entry.isSymbolicLink()) {
    return [{ path, link: readlinkSync(join(folder, path)), executable: false }];
  }
  // Sockets and pipes cannot be sent to a build.
  if (!entry.isFile()) return [];
  return [{ path, executable: (statSync(join(folder, path)).mode & ANY_EXECUTE_BIT) !== 0 }];
}
