import { z } from "zod";
import { KIB } from "../../core/units.ts";
import { type LastRun, runIn, timeOf } from "../jobs/last-run.ts";

export interface Backup {
  /** When it was taken, UTC: `20261124T031500Z`. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** What notes beside the backups how it went. */
export type BackupJob = "backup" | "drill" | "offsite" | "offsite-check";

/** What the volume on the target holds. */
export interface Backups {
  /** Oldest first. */
  readonly backups: readonly Backup[];
  /** When a drill last passed, in the form of a backup's name; undefined where none has. */
  readonly drilledAt: string | undefined;
  /** The newest backup that was copied elsewhere; undefined where none was. */
  readonly copied: string | undefined;
  /** When the repository elsewhere was last found sound, likewise. */
  readonly checkedAt: string | undefined;
  readonly lastRuns: Readonly<Partial<Record<BackupJob, LastRun>>>;
}

export function backupIn(line: string): Backup {
  const [name = "", kibibytes] = line.split(" ");
  return { name, sizeBytes: Number(kibibytes) * KIB };
}

/** What restic tells of a snapshot; others' may be without any of it. */
const snapshots = z.array(
  z.object({
    paths: z.array(z.string()),
    summary: z.object({ total_bytes_processed: z.number() }).optional(),
  }),
);

/** @param json of `restic snapshots`. @returns the backups that are copied there, oldest first */
export function copiesIn(json: string): Backup[] {
  const found = snapshots.parse(JSON.parse(json)).map(({ paths, summary }) => ({
    name: paths[0]?.split("/").at(-1) ?? "",
    sizeBytes: summary?.total_bytes_processed ?? 0,
  }));
  const byName = new Map(found.map((copy) => [copy.name, copy]));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param lines of list.sh: a word for what it is, and the rest */
export function backupsIn(lines: readonly string[]): Backups {
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  return {
    backups: after("backup").map(backupIn),
    drilledAt: after("drilled")[0],
    copied: after("offsite")[0],
    checkedAt: after("offsite-checked")[0],
    lastRuns: Object.fromEntries(after("run").map(runIn)),
  };
}

function stampOf({ backups, drilledAt, copied, checkedAt }: Backups, job: BackupJob) {
  switch (job) {
    case "backup":
      return backups.at(-1)?.name;
    case "drill":
      return drilledAt;
    case "offsite":
      return copied;
    case "offsite-check":
      return checkedAt;
  }
}

/**
 * When a job last did what it is for: the newest backup that is complete, the newest drill that passed, and when the
 * newest backup that is elsewhere was taken.
 */
export function lastSuccess(found: Backups, job: BackupJob): Date | undefined {
  const stamp = stampOf(found, job);
  return stamp === undefined ? undefined : timeOf(stamp);
}
