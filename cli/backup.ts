import type { Environment } from "../config/environment.ts";
import { containerName } from "../core/names.ts";
import { OperatorError } from "../core/operator-error.ts";
import { servicesOf } from "../core/spec.ts";
import { batchRun, dumpRun } from "../stacks/batch-run.ts";
import type { Deployment } from "../stacks/deployment.ts";
import { type Backup, type Backups, backupIn, backupsIn } from "./backup/backups.ts";
import { ensureBackupVolume, type Job, listLines, runBatch } from "./backup/batch-container.ts";
import type { Target } from "./target.ts";

/** A database that was restored, and the name of the one that was in its place. */
export interface Restored {
  readonly database: string;
  readonly before: string;
}

/** @returns the reference @throws OperatorError where the target does not have it */
export async function imageOn(
  target: Target,
  { name }: Pick<Environment, "name">,
  reference: string,
): Promise<string> {
  const found = await target.docker(["image", "inspect", "--format", "{{.Id}}", reference], {
    reject: false,
  });
  if (found.exitCode === 0) return reference;
  throw new OperatorError(
    `environments.${name}: must have been up on ${target.name}, got no image ${reference} there; ./plimsoll up ${name}`,
  );
}

/** @throws OperatorError where the environment has no Postgres, or it is not up */
export async function backupJobOf(deployment: Deployment, target: Target): Promise<Job> {
  const { environment, images } = deployment;
  const [postgres] = servicesOf(environment.services, "postgres");
  if (!postgres) {
    throw new OperatorError(
      `environments.${environment.name}.services: must have a postgres to back up, got none; add one`,
    );
  }
  const image = await imageOn(target, environment, images.postgres);
  const job = { place: { ...deployment, service: postgres[0] }, target, image };
  await ensureBackupVolume(job);
  return job;
}

/** Backups on the target. */
export async function listBackups(deployment: Deployment, target: Target): Promise<Backups> {
  return backupsIn(await listLines(await backupJobOf(deployment, target)));
}

/**
 * Dumps every app's database into the backups volume on the target, and removes the oldest beyond what is kept.
 * @throws OperatorError where there is nothing to dump or another job runs
 */
export async function backUp(deployment: Deployment, target: Target): Promise<Backup> {
  const job = await backupJobOf(deployment, target);
  const [line] = await runBatch(job, dumpRun(job.place));
  if (!line) throw new Error(`the backup of ${deployment.environment.name} told no name`);
  return backupIn(line);
}

/**
 * Restores a backup into new databases, compares their rows with the dump's, and only then puts them in the place of
 * the old ones, which stay under another name.
 * @param name of a backup, or `latest`
 * @throws OperatorError when it is not there, was changed, or does not restore; everything is as it was then
 */
export async function restore(
  deployment: Deployment,
  target: Target,
  name: string,
): Promise<Restored[]> {
  const job = await backupJobOf(deployment, target);
  const { environment, service } = job.place;
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const args = [containerName(environment, service), name, stamp];
  const lines = await runBatch(job, batchRun(job.place, "restore", args));
  return lines.map((line) => {
    const [database = "", before = ""] = line.split(" ");
    return { database, before };
  });
}

/**
 * Restores a backup into a server of its own that is thrown away, and compares its rows with the dump's.
 * @param name of a backup, or `latest`
 * @returns the name of the backup that passed
 * @throws OperatorError when it does not restore as it was dumped
 */
export async function drill(deployment: Deployment, target: Target, name: string): Promise<string> {
  const job = await backupJobOf(deployment, target);
  const [backup] = await runBatch(job, batchRun(job.place, "drill", [name]));
  if (!backup) throw new Error(`the drill of ${name} told no backup`);
  return backup;
}
