import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Report } from "../../cli/report.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { removeFolder, writeFiles } from "./file-tree.ts";
import {
  BARE_HOOK,
  type DiskKind,
  DPKG_OPTIONS,
  EARLY_FILES,
  PACKAGES,
  SOURCES,
  SUITE,
} from "./recipe.ts";
import { PROGRAM_PATH } from "./requirements.ts";

/** 200 MB of packages over a slow line, then a minute of unpacking. */
const BOOTSTRAP_TIMEOUT_MS = 20 * 60 * 1000;
const SHOWN_LINES = 15;
/** How mmdebstrap begins the lines that name its steps. */
const INFO = "I: ";
const ROOT_FOLDER = "root";
/** For the files that have to be there before the first package. */
const EARLY_FOLDER = "early";

function bootstrapCommand(kind: DiskKind): string[] {
  return [
    // It ends with this process, even if that is killed, and with it all that it started and mounted inside the tree.
    ...["setpriv", "--pdeathsig", "KILL"],
    ...["unshare", "--mount", "--propagation=private", "--pid", "--mount-proc"],
    ...["--fork", "--kill-child", "--"],
    ...["mmdebstrap", "--mode=root", "--format=directory", "--variant=minbase"],
    `--include=${PACKAGES[kind].join(",")}`,
    ...DPKG_OPTIONS.map((option) => `--dpkgopt=${option}`),
    `--setup-hook=sync-in ${EARLY_FOLDER} /`,
    ...(kind === "bare" ? [`--customize-hook=./${BARE_HOOK}`] : []),
    ...[SUITE, ROOT_FOLDER, ...SOURCES],
  ];
}

function failure(output: string): OperatorError {
  const tail = output.trim().split("\n").slice(-SHOWN_LINES).join("\n  ");
  return new OperatorError(
    `virtual server: mmdebstrap could not install Debian 13; put right what it says, then run this again:\n  ${tail}`,
  );
}

/**
 * Installs Debian and the recipe's packages into `root` of a folder, as root.
 * @returns the path of that root
 * @throws OperatorError with the last lines of mmdebstrap where it fails
 */
export async function bootstrap(folder: string, kind: DiskKind, report: Report): Promise<string> {
  const early = join(folder, EARLY_FOLDER);
  await copyFile(join(import.meta.dirname, BARE_HOOK), join(folder, BARE_HOOK));
  await writeFiles(early, EARLY_FILES);
  const [program = "", ...args] = bootstrapCommand(kind);
  const run = execa(program, args, {
    // A hook is a line of shell: names relative to here need no quotes in it.
    cwd: folder,
    all: true,
    reject: false,
    stdin: "ignore",
    timeout: BOOTSTRAP_TIMEOUT_MS,
    killSignal: "SIGKILL",
    env: { PATH: PROGRAM_PATH, LC_ALL: "C.UTF-8" },
  });
  for await (const line of run.iterable({ from: "all" })) {
    if (line.startsWith(INFO)) report.detail(line.slice(INFO.length));
  }
  const { exitCode, all = "" } = await run;
  if (exitCode !== 0) throw failure(all);
  await removeFolder(early);
  await rm(join(folder, BARE_HOOK));
  return join(folder, ROOT_FOLDER);
}
