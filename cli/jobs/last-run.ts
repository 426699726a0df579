import { SECOND_MS } from "../../core/units.ts";

/** When a job last ran, whoever started it. */
export interface LastRun {
  readonly startedAt: Date;
  /** Undefined while it is under way, and where it was killed. */
  readonly endedAt: Date | undefined;
  readonly exitCode: number | undefined;
}

/** `20261124T031500Z`, the form in which the scripts write a time. */
export function timeOf(stamp: string): Date {
  return new Date(stamp.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5"));
}

/** @param line a job, when it began, when it ended or `-`, and its exit code or `-` */
export function runIn(line: string): [job: string, run: LastRun] {
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

/** Whole seconds that a run took; undefined where it has no end. */
export function secondsOf({ startedAt, endedAt }: LastRun): number | undefined {
  return endedAt && Math.round((endedAt.getTime() - startedAt.getTime()) / SECOND_MS);
}
