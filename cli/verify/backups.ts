import { type Environment, offsiteOf } from "../../config/environment.ts";
import { SECOND_MS } from "../../core/units.ts";
import type { Deployment } from "../../stacks/deployment.ts";
import { timedJobs } from "../../stacks/host-jobs.ts";
import { type BackupJob, lastSuccess } from "../backup/backups.ts";
import { type LiveBackups, liveBackups } from "../backup/live.ts";
import { ageReading } from "./ages.ts";
import type { Context } from "./context.ts";
import { ask } from "./postgres.ts";
import type { Reading } from "./reading.ts";

/** What the config says about the age of a job's last success. */
interface Declared {
  readonly job: BackupJob;
  readonly maxAgeMs: number;
}

/** Written by initdb, and never again. */
const MADE_AT = "select extract(epoch from (pg_stat_file('PG_VERSION')).modification)::bigint";

/** Which timer starts it: what is done elsewhere follows what is done here. */
const STARTED_BY = {
  backup: "backup",
  drill: "drill",
  offsite: "backup",
  "offsite-check": "drill",
} as const;

const SETTINGS: Readonly<Record<BackupJob, string>> = {
  backup: "last backup",
  drill: "last drill that passed",
  offsite: "last backup that is elsewhere too",
  "offsite-check": "last check of the copies elsewhere",
};

function isDeclared(environment: Environment, job: BackupJob, key: string): boolean {
  return timedJobs(environment).includes(STARTED_BY[job]) || environment.written.has(key);
}

/** Jobs that a timer starts, and those whose age the config names itself. */
export function declaredAges({ environment, plan }: Pick<Deployment, "environment" | "plan">) {
  const { backupAgeMs, drillAgeMs } = plan.alerts;
  const all: readonly (readonly [BackupJob, string, number])[] = [
    ["backup", "alerts.backupHours", backupAgeMs],
    ["drill", "alerts.drillDays", drillAgeMs],
  ];
  const offsite: typeof all = [
    ["offsite", "alerts.backupHours", backupAgeMs],
    ["offsite-check", "alerts.drillDays", drillAgeMs],
  ];
  return [...all, ...(offsiteOf(environment) ? offsite : [])]
    .filter(([job, key]) => isDeclared(environment, job, key))
    .map(([job, , maxAgeMs]): Declared => ({ job, maxAgeMs }));
}

export interface Ages {
  readonly now: number;
  /** When the database was made: a younger one has nothing that is overdue. Undefined where it does not answer. */
  readonly madeAt: number | undefined;
}

/** How long ago each job last did what it is for, by a timer or by hand, against what the config allows. */
export function ageReadings(
  declared: readonly Declared[],
  { service, backups }: LiveBackups,
  { now, madeAt = 0 }: Ages,
): Reading[] {
  return declared.map(({ job, maxAgeMs }) => {
    const at = lastSuccess(backups, job)?.getTime();
    const told = { subject: service, setting: SETTINGS[job], where: "volume of backups" };
    return ageReading({ ...told, maxAgeMs, at, since: madeAt }, now);
  });
}

async function madeAt(context: Context, service: string): Promise<number | undefined> {
  const subject = context.subjects.find(({ name }) => name === service);
  const seconds = subject && Number.parseInt(await ask(context, subject, MADE_AT), 10);
  return seconds ? seconds * SECOND_MS : undefined;
}

/** Where the config says how old a backup or a drill may be. */
export async function backupReadings(deployment: Deployment, context: Context): Promise<Reading[]> {
  const declared = declaredAges(deployment);
  if (declared.length === 0) return [];
  const live = await liveBackups(deployment, context.target);
  if (!live) return [];
  const ages = { now: Date.now(), madeAt: await madeAt(context, live.service) };
  return ageReadings(declared, live, ages);
}
