import { formatAge } from "../core/age.ts";
import { batchName } from "../stacks/batch-run.ts";
import {
  type BackupJob,
  type Backups,
  type LastRun,
  lastSuccess,
  secondsOf,
} from "./backup/backups.ts";
import { liveBackups } from "./backup/live.ts";
import { plainTable } from "./table.ts";

export type RunResult = "succeeded" | "failed" | "killed" | "under way";

/** What is known of a job of the server's own, whoever started it. Times are ISO 8601 in UTC. */
export interface JobStatus {
  readonly job: BackupJob;
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

const JOBS: readonly BackupJob[] = ["backup", "drill"];

/** Of two that have no end, only the one that began last can be under way: one runs at a time. */
function isNewest(run: LastRun, { lastRuns }: Backups): boolean {
  return Object.values(lastRuns).every(({ startedAt }) => startedAt <= run.startedAt);
}

function resultOf(run: LastRun, found: Backups, isUnderWay: boolean): RunResult {
  if (run.exitCode !== undefined) return run.exitCode === 0 ? "succeeded" : "failed";
  return isUnderWay && isNewest(run, found) ? "under way" : "killed";
}

/** @param isUnderWay whether a job's container is there now */
export function jobStatuses(found: Backups, isUnderWay: boolean): JobStatus[] {
  return JOBS.map((job) => {
    const run = found.lastRuns[job];
    return {
      job,
      succeededAt: lastSuccess(found, job)?.toISOString(),
      lastRun: run && {
        startedAt: run.startedAt.toISOString(),
        seconds: secondsOf(run),
        exitCode: run.exitCode,
        result: resultOf(run, found, isUnderWay),
      },
    };
  });
}

type Live = Parameters<typeof liveBackups>;

/** Empty where there is nothing to back up, or nothing is up. */
export async function liveJobs(place: Live[0], target: Live[1]): Promise<JobStatus[]> {
  const found = await liveBackups(place, target);
  if (!found) return [];
  const { service, backups } = found;
  const name = `name=^/${batchName({ ...place, service })}$`;
  const { stdout } = await target.docker(["ps", "--quiet", "--filter", name]);
  return jobStatuses(backups, String(stdout).trim() !== "");
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
