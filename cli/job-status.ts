import { type Environment, offsiteOf } from "../config/environment.ts";
import { formatAge } from "../core/age.ts";
import { batchName } from "../stacks/batch-run.ts";
import type { TierPlace } from "../stacks/batch-tier.ts";
import type { JobName } from "../stacks/host-jobs.ts";
import { type BackupJob, type Backups, lastSuccess } from "./backup/backups.ts";
import { liveBackups } from "./backup/live.ts";
import { type LastRun, secondsOf } from "./jobs/last-run.ts";
import { isAtWork, liveNotes, notedJobs } from "./jobs/live.ts";
import type { JobNote } from "./jobs/notes.ts";
import { plainTable } from "./table.ts";
import type { Target } from "./target.ts";

export type RunResult = "succeeded" | "failed" | "killed" | "under way";

/** What is known of a job of the server's own, whoever started it. Times are ISO 8601 in UTC. */
export interface JobStatus {
  readonly job: JobName | BackupJob;
  /** When it last did what it is for; undefined where it never has. */
  readonly succeededAt: string | undefined;
  /** The last time that it began; undefined where none was noted. */
  readonly lastRun:
    | {
        readonly startedAt: string;
        readonly seconds: number | undefined;
        readonly exitCode: number | undefined;
        readonly result: RunResult;
      }
    | undefined;
}

const LOCAL_JOBS: readonly BackupJob[] = ["backup", "drill"];
const OFFSITE_JOBS: readonly BackupJob[] = ["offsite", "offsite-check"];

/** Those that note how they went beside the backups. */
function backupJobs(environment: Environment): BackupJob[] {
  return [...LOCAL_JOBS, ...(offsiteOf(environment) ? OFFSITE_JOBS : [])];
}

/** Of two that have no end, only the one that began last can be under way: one runs at a time. */
function isNewest(run: LastRun, { lastRuns }: Backups): boolean {
  return Object.values(lastRuns).every(({ startedAt }) => startedAt <= run.startedAt);
}

function resultOf(run: LastRun, isUnderWay: boolean): RunResult {
  if (run.exitCode !== undefined) return run.exitCode === 0 ? "succeeded" : "failed";
  return isUnderWay ? "under way" : "killed";
}

interface KnownJob {
  readonly job: JobName | BackupJob;
  readonly passedAt: Date | undefined;
  readonly lastRun: LastRun | undefined;
}

/** @param isUnderWay whether it is at work now, if its last run has no end */
function jobStatus({ job, passedAt, lastRun }: KnownJob, isUnderWay: boolean): JobStatus {
  return {
    job,
    succeededAt: passedAt?.toISOString(),
    lastRun: lastRun && {
      startedAt: lastRun.startedAt.toISOString(),
      seconds: secondsOf(lastRun),
      exitCode: lastRun.exitCode,
      result: resultOf(lastRun, isUnderWay),
    },
  };
}

/** @param isUnderWay whether a job's container is there now */
export function backupStatuses(
  found: Backups,
  isUnderWay: boolean,
  jobs: readonly BackupJob[] = LOCAL_JOBS,
): JobStatus[] {
  return jobs.map((job) => {
    const lastRun = found.lastRuns[job];
    const known = { job, passedAt: lastSuccess(found, job), lastRun };
    return jobStatus(known, isUnderWay && lastRun !== undefined && isNewest(lastRun, found));
  });
}

/** @param atWork those that systemd has at work now */
export function noteStatuses(notes: readonly JobNote[], atWork: readonly JobName[]): JobStatus[] {
  return notes.map((note) => jobStatus(note, atWork.includes(note.job)));
}

/** Empty where there is nothing to back up, or nothing is up. */
async function liveBackupJobs(place: TierPlace, target: Target): Promise<JobStatus[]> {
  const found = await liveBackups(place, target);
  if (!found) return [];
  const { service, backups } = found;
  const name = `name=^/${batchName({ ...place, service })}$`;
  const { stdout } = await target.docker(["ps", "--quiet", "--filter", name]);
  const isUnderWay = String(stdout).trim() !== "";
  return backupStatuses(backups, isUnderWay, backupJobs(place.environment));
}

async function liveNotedJobs(place: TierPlace, target: Target): Promise<JobStatus[]> {
  const jobs = notedJobs(place.environment);
  const notes = jobs.length > 0 ? await liveNotes(place, target, jobs) : [];
  const endless = (notes ?? []).filter(({ lastRun }) => lastRun && !lastRun.endedAt);
  const asked = endless.map(async ({ job }) => ((await isAtWork(target, job)) ? [job] : []));
  return noteStatuses(notes ?? [], (await Promise.all(asked)).flat());
}

/** Every job that the environment on the target has; empty where nothing is up. */
export async function liveJobs(place: TierPlace, target: Target): Promise<JobStatus[]> {
  const found = await Promise.all([liveBackupJobs(place, target), liveNotedJobs(place, target)]);
  return found.flat();
}

function row({ job, succeededAt, lastRun }: JobStatus, now: number): string[] {
  const ago = succeededAt ? `${formatAge(now - Date.parse(succeededAt))} ago` : "never";
  if (!lastRun) return [job, ago, "-", "-", "-"];
  const { startedAt, seconds, exitCode, result } = lastRun;
  return [
    ...[job, ago, startedAt.slice(0, 19), seconds === undefined ? "-" : `${seconds} s`],
    result === "failed" ? `failed with ${exitCode}` : result,
  ];
}

/** Columns: job, last success, last run, took, result. */
export function jobTable(jobs: readonly JobStatus[], now: number = Date.now()): string {
  return plainTable(
    jobs.map((one) => row(one, now)),
    { head: ["job", "last success", "last run", "took", "result"], align: "lllrl" },
  );
}
