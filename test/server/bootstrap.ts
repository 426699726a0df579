import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Report } from "../../cli/report.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { type Distribution, distributionOf } from "./distribution.ts";
import { removeFolder, writeFiles } from "./file-tree.ts";
import { fetchKeyring } from "./keyring.ts";
import {
  BARE_HOOK,
  type DiskContent,
  DPKG_OPTIONS,
  earlyFilesOf,
  packagesOf,
  storedPackagesOf,
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
const KEYS_FOLDER = "keys";

interface Bootstrap {
  readonly distribution: Distribution;
  readonly kind: DiskContent["kind"];
  /** Path of the archive's keys; undefined where its sources name them. */
  readonly keyring: string | undefined;
}

function bootstrapCommand({ distribution, kind, keyring }: Bootstrap): string[] {
  const hook = `./${BARE_HOOK} "$1" ${storedPackagesOf(distribution).join(" ")}`;
  return [
    // It ends with this process, even if that is killed, and with it all that it started and mounted inside the tree.
    ...["setpriv", "--pdeathsig", "KILL"],
    ...["unshare", "--mount", "--propagation=private", "--pid", "--mount-proc"],
    ...["--fork", "--kill-child", "--"],
    ...["mmdebstrap", "--mode=root", "--format=directory", "--variant=minbase"],
    `--include=${packagesOf(distribution, kind).join(",")}`,
    ...DPKG_OPTIONS.map((option) => `--dpkgopt=${option}`),
    `--setup-hook=sync-in ${EARLY_FOLDER} /`,
    ...(keyring ? [`--keyring=${keyring}`] : []),
    ...(kind === "bare" ? [`--customize-hook=${hook}`] : []),
    ...[distribution.suite, ROOT_FOLDER, ...distribution.sources],
  ];
}

function failure({ title }: Distribution, output: string): OperatorError {
  const tail = output.trim().split("\n").slice(-SHOWN_LINES).join("\n  ");
  return new OperatorError(
    `virtual server: mmdebstrap could not install ${title}; put right what it says, then run this again:\n  ${tail}`,
  );
}

async function runBootstrap(folder: string, plan: Bootstrap, report: Report): Promise<void> {
  const [program = "", ...args] = bootstrapCommand(plan);
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
  if (exitCode !== 0) throw failure(plan.distribution, all);
}

/**
 * Installs a distribution and the recipe's packages into `root` of a folder, as root.
 * @returns the path of that root
 * @throws OperatorError with the last lines of mmdebstrap where it fails, or what is wrong with the archive's keys
 */
export async function bootstrap(
  folder: string,
  { kind, distribution: name }: DiskContent,
  report: Report,
): Promise<string> {
  const distribution = distributionOf(name);
  const [early, keys] = [join(folder, EARLY_FOLDER), join(folder, KEYS_FOLDER)];
  await copyFile(join(import.meta.dirname, BARE_HOOK), join(folder, BARE_HOOK));
  await writeFiles(early, earlyFilesOf(distribution));
  const keyring = distribution.keys && (await fetchKeyring(keys, distribution.keys));
  await runBootstrap(folder, { distribution, kind, keyring }, report);
  await removeFolder(early);
  await removeFolder(keys);
  await rm(join(folder, BARE_HOOK));
  return join(folder, ROOT_FOLDER);
}
