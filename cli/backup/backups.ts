import { KIB, SECOND_MS } from "../../core/units.ts";

export interface Backup {
  /** When it was taken, UTC: `20261124T031500Z`. */
  readonly name: string;
  readonly sizeBytes: number;
}

export type BackupJob = "backup" | "drill";

/** When a job last ran, whoever started it. */
export interface LastRun {
  readonly startedAt: Date;
  /** Undefined while it is under way, and where it was killed. */
  readonly endedAt: Date | undefined;
  readonly exitCode: number | undefined;
}

/** What the volume on the target holds. */
export interface Backups {
  /** Oldest first. */
  readonly backups: readonly Backup[];
  /** When a drill last passed, in the form of a backup's name; undefined where none has. */
  readonly drilledAt: string | undefined;
  readonly lastRuns: Readonly<Partial<Record<BackupJob, LastRun>>>;
}

/** `20261124T031500Z`, the form in which the scripts write a time. */
export function timeOf(stamp: string): Date {
  return new Date(stamp.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5"));
}

export function backupIn(line: string): Backup {
  const [name = "", kibibytes] = line.split(" ");
  return { name, sizeBytes: Number(kibibytes) * KIB };
}

function runIn(line: string): [job: string, run: LastRun] {
  const [job = "", started = "", ended = "-", exitCode = "-"] = line.split(" ");
  const hasEnded = ended !== "-";
  return [
    job,
    {
      startedAt: timeOf(started),
      endedAt: hasEnded ? timeOf(ended) : undefined,
      exitCode: hasEnded ? Number(exitCode) : undefined,
    },
  ];
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

/** Whole seconds that a run took; undefined where it has no end. */
export function secondsOf({ startedAt, endedAt }: LastRun): number | undefined {
  return endedAt && Math.round((endedAt.getTime() - startedAt.getTime()) / SECOND_MS);
}
