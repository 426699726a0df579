import { OperatorError } from "../../core/operator-error.ts";
import { userOf } from "../../core/users.ts";
import {
  type BatchPlace,
  type BatchRun,
  backupVolume,
  batchRun,
  volumeCommands,
} from "../../stacks/batch-run.ts";
import type { Target } from "../target.ts";
import { hasVolume } from "../volume.ts";

/** Where the backup scripts run. */
export interface Job {
  readonly place: BatchPlace;
  readonly target: Target;
  /** Postgres' own image, by reference or id. */
  readonly image: string;
}

/** The scripts' own word for something that the operator can put right. */
const REFUSED_EXIT = 3;
/** What a refusal begins with that says itself what to do. */
const REPOSITORY = "repository ";
/** Of the engine, which makes no folder for a mount. */
const NO_FOLDER = /bind source path does not exist: (\S+?)\.?$/m;
const NAME_TAKEN = /is already in use by container/;

function runArgs({ options, program, args }: BatchRun, image: string): string[] {
  return ["run", ...options, image, "-c", program, "bash", ...args];
}

/**
 * Runs one of the backup scripts to its end.
 * @returns the lines that it printed
 * @throws OperatorError when another one runs, or the script refuses
 */
export async function runBatch({ place, target, image }: Job, run: BatchRun): Promise<string[]> {
  const { exitCode, stdout, stderr } = await target.docker(runArgs(run, image), { reject: false });
  if (exitCode === 0) return String(stdout).split("\n").filter(Boolean);
  const { name } = place.environment;
  const [, folder] = NO_FOLDER.exec(String(stderr)) ?? [];
  if (folder !== undefined) {
    throw new OperatorError(
      `repository ${folder}: must be a folder on ${target.name}, got none; mount its disk or make it, for user ${userOf("postgres")}`,
    );
  }
  if (NAME_TAKEN.test(String(stderr))) {
    throw new OperatorError(
      `environments.${name}: one backup, drill or restore at a time, got one under way on ${target.name}; wait for it`,
    );
  }
  if (exitCode !== REFUSED_EXIT) throw new Error(`a backup job on ${target.name}: ${stderr}`);
  const said = String(stderr).trim().split("\n").at(-1) ?? "";
  throw new OperatorError(
    said.startsWith(REPOSITORY) ? said : `${said}; ./plimsoll backups ${name} shows what is there`,
  );
}

/** Whether anything was ever to be backed up. */
export function hasBackupVolume({ place, target }: Job): Promise<boolean> {
  return hasVolume(target, backupVolume(place));
}

/** Makes the volume that backups are kept in; no `down` removes it. */
export async function ensureBackupVolume(job: Job): Promise<void> {
  if (await hasBackupVolume(job)) return;
  const { create, own } = volumeCommands(job.place);
  await job.target.docker(create);
  await job.target.docker(runArgs(own, job.image));
}

/** Lines of list.sh. */
export function listLines(job: Job): Promise<string[]> {
  return runBatch(job, batchRun(job.place, "list"));
}
