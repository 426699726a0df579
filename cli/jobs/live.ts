import type { Environment } from "../../config/environment.ts";
import type { TierPlace } from "../../stacks/batch-tier.ts";
import { timedJobs } from "../../stacks/host-jobs.ts";
import { notesRun, notesVolume } from "../../stacks/job-notes.ts";
import { doorName } from "../../stacks/job-script.ts";
import type { Target } from "../target.ts";
import { hasVolume } from "../volume.ts";
import { type JobNote, type NotedJob, notesIn } from "./notes.ts";

/** Those that a timer of the server's starts. */
export function notedJobs(environment: Environment): NotedJob[] {
  return timedJobs(environment).filter(
    (job): job is NotedJob => job === "prune" || job === "certificate",
  );
}

async function noteLines(place: TierPlace, target: Target, image: string): Promise<string[]> {
  const { options, program } = notesRun(place);
  const { stdout } = await target.docker(["run", ...options, image, "-c", program]);
  return String(stdout).split("\n");
}

/**
 * What these jobs of an environment that is up have noted; makes nothing.
 * @returns undefined where it has no container
 */
export async function liveNotes(
  place: TierPlace,
  target: Target,
  jobs: readonly NotedJob[],
): Promise<JobNote[] | undefined> {
  const found = await target.docker(
    ["inspect", "--type=container", "--format", "{{.Image}}", doorName(place)],
    { reject: false },
  );
  if (found.exitCode !== 0) return undefined;
  const hasAny = await hasVolume(target, notesVolume(place.environment));
  return notesIn(jobs, hasAny ? await noteLines(place, target, String(found.stdout).trim()) : []);
}

/** Whether systemd has the job's service at work now. */
export async function isAtWork(target: Target, job: NotedJob): Promise<boolean> {
  const { stdout } = await target.run(["systemctl", "is-active", `plimsoll-${job}.service`], {
    reject: false,
  });
  // A service that runs once and ends is never active.
  return String(stdout).trim() === "activating";
}
