import { containerName } from "../core/names.ts";
import { OperatorError } from "../core/operator-error.ts";
import { servicesOf } from "../core/spec.ts";
import { KIB } from "../core/units.ts";
import type { Deployment } from "../stacks/deployment.ts";
import { type Job, runBatch } from "./backup/batch-container.ts";
import { ensureBackupVolume } from "./backup/volume.ts";
import type { Target } from "./target.ts";

export interface Backup {
  /** When it was taken, UTC: `20261124T031500Z`. */
  readonly name: string;
  readonly sizeBytes: number;
}

export interface Backups {
  /** Oldest first. */
  readonly backups: readonly Backup[];
  /** When a drill last passed, in the form of a backup's name; undefined where none has. */
  readonly drilledAt: string | undefined;
}

/** A database that was restored, and the name of the one that was in its place. */
export interface Restored {
  readonly database: string;
  readonly before: string;
}

const LATEST = "latest";
const DRILLED = "drilled";

/** @throws OperatorError where the environment has no Postgres, or it is not up */
async function jobOf(deployment: Deployment, target: Target): Promise<Job> {
  const { environment } = deployment;
  const [postgres] = servicesOf(environment.services, "postgres");
  if (!postgres) {
    throw new OperatorError(
      `environments.${environment.name}.services: must have a postgres to back up, got none; add one`,
    );
  }
  const job = { deployment, target, service: postgres[0] };
  const image = await target.docker(
    ["image", "inspect", "--format", "{{.Id}}", deployment.images.postgres],
    { reject: false },
  );
  if (image.exitCode !== 0) {
    throw new OperatorError(
      `environments.${environment.name}: must have been up on ${target.name}, got no image of its postgres there; ./plimsoll up ${environment.name}`,
    );
  }
  await ensureBackupVolume(job);
  return job;
}

function backupIn(line: string): Backup {
  const [name = "", kibibytes] = line.split(" ");
  return { name, sizeBytes: Number(kibibytes) * KIB };
}

/** Backups on the target. */
export async function listBackups(deployment: Deployment, target: Target): Promise<Backups> {
  const lines = await runBatch(await jobOf(deployment, target), "list", []);
  const drilled = lines.find((line) => line.startsWith(`${DRILLED} `));
  return {
    backups: lines.filter((line) => line !== drilled).map(backupIn),
    drilledAt: drilled?.slice(DRILLED.length + 1),
  };
}

/**
 * Dumps every app's database into the backups volume on the target, and removes the oldest beyond what is kept.
 * @throws OperatorError where there is nothing to dump or another job runs
 */
export async function backUp(deployment: Deployment, target: Target): Promise<Backup> {
  const { name, services } = deployment.environment;
  const job = await jobOf(deployment, target);
  const [postgres] = servicesOf(services, "postgres");
  const keep = String(postgres?.[1].keepBackups);
  const host = hostOf(deployment, job);
  const [line] = await runBatch(job, "dump", [host, keep]);
  if (!line) throw new Error(`the backup of ${name} told no name`);
  return backupIn(line);
}

function hostOf({ environment }: Deployment, { service }: Job): string {
  return containerName(environment, service);
}

/** @throws OperatorError where there is none */
async function resolveName(job: Job, name: string): Promise<string> {
  if (name !== LATEST) return name;
  const lines = await runBatch(job, "list", []);
  const latest = lines.filter((line) => !line.startsWith(DRILLED)).at(-1);
  if (latest) return backupIn(latest).name;
  throw new OperatorError(
    `environments.${job.deployment.environment.name}: must have a backup, got none; ./plimsoll backup makes one`,
  );
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
  const job = await jobOf(deployment, target);
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const args = [hostOf(deployment, job), await resolveName(job, name), stamp];
  const lines = await runBatch(job, "restore", args);
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
  const job = await jobOf(deployment, target);
  const backup = await resolveName(job, name);
  await runBatch(job, "drill", [backup]);
  return backup;
}
