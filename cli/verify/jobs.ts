import { SECOND_MS } from "../../core/units.ts";
import type { Deployment } from "../../stacks/deployment.ts";
import { timerPath } from "../../stacks/host-jobs.ts";
import { liveNotes, notedJobs } from "../jobs/live.ts";
import type { JobNote, NotedJob } from "../jobs/notes.ts";
import type { Target } from "../target.ts";
import { ageReading } from "./ages.ts";
import type { Context } from "./context.ts";
import type { Reading } from "./reading.ts";

const SETTINGS: Readonly<Record<NotedJob, string>> = {
  prune: "last pruning of images",
  certificate: "last look for a renewed certificate",
};

/** Since when the server starts the job, ms since 1970; 0 where it has no such timer. */
async function timedSince(target: Target, job: NotedJob): Promise<number> {
  const found = await target.run(["stat", "--format=%Y", timerPath(job)], { reject: false });
  return (Number.parseInt(String(found.stdout), 10) || 0) * SECOND_MS;
}

/** @param since when the server began to start each of them, ms since 1970 */
export function jobReadings(
  notes: readonly JobNote[],
  { alerts }: Pick<Deployment["plan"], "alerts">,
  { since, now }: { readonly since: ReadonlyMap<NotedJob, number>; readonly now: number },
): Reading[] {
  const ages = { prune: alerts.pruneAgeMs, certificate: alerts.certificateAgeMs };
  return notes.map(({ job, passedAt }) => {
    const told = { subject: "server", setting: SETTINGS[job], where: "volume of the batch tier" };
    const times = { at: passedAt?.getTime(), since: since.get(job) ?? 0 };
    return ageReading({ ...told, ...times, maxAgeMs: ages[job] }, now);
  });
}

/** How long ago the jobs that a timer starts last did what they are for. */
export async function liveJobReadings(
  deployment: Deployment,
  { target }: Context,
): Promise<Reading[]> {
  const jobs = notedJobs(deployment.environment);
  if (jobs.length === 0) return [];
  const notes = await liveNotes(deployment, target, jobs);
  const times = jobs.map(async (job) => [job, await timedSince(target, job)] as const);
  const since = new Map(await Promise.all(times));
  return jobReadings(notes ?? [], deployment.plan, { since, now: Date.now() });
}
