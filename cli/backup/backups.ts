import { KIB } from "../../core/units.ts";
import { type LastRun, runIn, timeOf } from "../jobs/last-run.ts";

export interface Backup {
  /** When it was taken, UTC: `20261124T031500Z`. */
  readonly name: string;
  readonly sizeBytes: number;
}

export type BackupJob = "backup" | "drill";

/** What the volume on the target holds. */
export interface Backups {
  /** Oldest first. */
  readonly backups: readonly Backup[];
  /** When a drill last passed, in the form of a backup's name; undefined where none has. */
  readonly drilledAt: string | undefined;
  readonly lastRuns: Readonly<Partial<Record<BackupJob, LastRun>>>;
}

export function backupIn(line: string): Backup {
  const [name = "", kibibytes] = line.split(" ");
  return { name, sizeBytes: Number(kibibytes) * KIB };
}

/** @param lines of list.sh: a word for what it is, and the rest */
export function backupsIn(lines: readonly string[]): Backups {
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  return {
    backups: after("backup").map(backupIn),
    drilledAt: after("drilled")[0],
    lastRuns: Object.fromEntries(after("run").map(runIn)),
  };
}

/** When a job last did what it is for: the newest backup that is complete, the newest drill that passed. */
export function lastSuccess({ backups, drilledAt }: Backups, job: BackupJob): Date | undefined {
  const stamp = job === "backup" ? backups.at(-1)?.name : drilledAt;
  return stamp === undefined ? undefined : timeOf(stamp);
}
