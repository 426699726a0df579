import type { JobName } from "../../stacks/host-jobs.ts";
import { type LastRun, runIn, timeOf } from "./last-run.ts";

/** Jobs of the server's that no database has to do with. */
export type NotedJob = Extract<JobName, "prune" | "certificate">;

/** What is known of one of them. */
export interface JobNote {
  readonly job: NotedJob;
  /** When it last did what it is for. */
  readonly passedAt: Date | undefined;
  readonly lastRun: LastRun | undefined;
}

/** @param lines of notes.sh: a word for what it is, and the rest */
export function notesIn(jobs: readonly NotedJob[], lines: readonly string[]): JobNote[] {
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const passed = new Map(after("passed").map((line) => line.split(" ") as [string, string]));
  const runs = new Map(after("run").map(runIn));
  return jobs.map((job) => {
    const stamp = passed.get(job);
    return { job, passedAt: stamp ? timeOf(stamp) : undefined, lastRun: runs.get(job) };
  });
}
