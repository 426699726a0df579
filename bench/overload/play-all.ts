import { terminalReport } from "../../cli/report.ts";
import type { Place } from "./arms/arm.ts";
import type { Job } from "./plan.ts";
import { play, type Run } from "./run.ts";
import { type Score, score } from "./score.ts";

export interface PlayOptions {
  readonly places: readonly Place[];
  readonly loadMs: number;
  /** Told after each run what all of them amount to so far. */
  onScores(scores: readonly Score[]): Promise<void>;
}

/** Each place takes the next run when it is done with one. */
export async function playAll(
  jobs: readonly Job[],
  { places, loadMs, onScores }: PlayOptions,
): Promise<Score[]> {
  const left = [...jobs];
  const runs: Run[] = [];
  const work = async (place: Place) => {
    for (let job = left.shift(); job !== undefined; job = left.shift()) {
      runs.push(await playOrAgain({ ...job, place, loadMs }));
      const { arm, profile, seed } = job;
      const name = `${profile.name} ${arm.name} seed ${seed}`;
      terminalReport.detail(`${runs.length} of ${jobs.length}: ${name}`);
      await onScores(scoresOf(runs));
    }
  };
  await Promise.all(places.map(work));
  return scoresOf(runs);
}

/** A container that did not start is no figure; a second time it is an error. */
async function playOrAgain(options: Parameters<typeof play>[0]): Promise<Run> {
  try {
    return await play(options);
  } catch (error) {
    terminalReport.warn(`${options.arm.name}: ${(error as Error).message}; once more`);
    return play(options);
  }
}

/** By profile and arm, all seeds together. */
function scoresOf(runs: readonly Run[]): Score[] {
  const groups = new Map<string, [Run, ...Run[]]>();
  for (const run of runs.toSorted((one, other) => one.seed - other.seed)) {
    const name = `${run.profile} ${run.arm}`;
    const group = groups.get(name);
    if (group) group.push(run);
    else groups.set(name, [run]);
  }
  return [...groups.values()].map(score);
}
