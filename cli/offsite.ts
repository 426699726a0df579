import { offsiteOf } from "../config/environment.ts";
import { OperatorError } from "../core/operator-error.ts";
import type { Deployment } from "../stacks/deployment.ts";
import { copyRun, offsiteRun } from "../stacks/offsite-run.ts";
import { type Backup, copiesIn } from "./backup/backups.ts";
import { type Job, runBatch } from "./backup/batch-container.ts";
import { backupJobOf, imageOn } from "./backup.ts";
import type { Target } from "./target.ts";

/** With restic's image in the place of Postgres'. @throws OperatorError where the config names no repository, or the image is not there */
async function offsiteJob(deployment: Deployment, target: Target): Promise<Job> {
  const { environment, images } = deployment;
  if (!offsiteOf(environment) || !images.restic) {
    throw new OperatorError(
      `environments.${environment.name}.services: postgres must have a repository elsewhere, got none; set offsite.repository`,
    );
  }
  const job = await backupJobOf(deployment, target);
  return { ...job, image: await imageOn(target, environment, images.restic) };
}

/**
 * Copies the newest backup into the repository elsewhere.
 * @returns the backup's name
 * @throws OperatorError with what restic says; the backup on the target stays as it is
 */
export async function copyOffsite(deployment: Deployment, target: Target): Promise<string> {
  const job = await offsiteJob(deployment, target);
  const [name] = await runBatch(job, copyRun(job.place));
  if (!name) throw new Error(`the copy of ${deployment.environment.name} told no backup`);
  return name;
}

/** Backups of this environment in the repository elsewhere, oldest first. @throws OperatorError where it cannot be read */
export async function listOffsite(deployment: Deployment, target: Target): Promise<Backup[]> {
  const job = await offsiteJob(deployment, target);
  const lines = await runBatch(job, offsiteRun(job.place, "copies"));
  return copiesIn(lines.join(""));
}

/**
 * Brings a backup back from the repository elsewhere, beside those on the target; one that is whole there stays.
 * @param name of a backup, or `latest`
 * @returns its name
 * @throws OperatorError when it is not there, or not as it was written
 */
export async function fetchOffsite(
  deployment: Deployment,
  target: Target,
  name: string,
): Promise<string> {
  const job = await offsiteJob(deployment, target);
  const [fetched] = await runBatch(job, offsiteRun(job.place, "fetch", [name]));
  if (!fetched) throw new Error(`the fetch of ${name} told no backup`);
  return fetched;
}

/** Checks the repository, and compares its newest copy with what was dumped. @returns that backup's name */
export async function checkOffsite(deployment: Deployment, target: Target): Promise<string> {
  const job = await offsiteJob(deployment, target);
  const [checked] = await runBatch(job, offsiteRun(job.place, "recheck"));
  if (!checked) throw new Error(`the check of ${deployment.environment.name} told no backup`);
  return checked;
}
