import type { Environment } from "../config/environment.ts";
import { ownerLabels, volumeName } from "../core/names.ts";
import { batchProgram } from "./batch-program.ts";
import type { BatchRun } from "./batch-run.ts";
import { type TierPlace, tierOptions } from "./batch-tier.ts";

/** Of root with only so much of its power as it is given. */
const CONFINED = [
  ...["--rm", "--user=0:0", "--read-only", "--cap-drop=ALL"],
  ...["--security-opt=no-new-privileges:true", "--log-driver=none"],
];

/** The volume in which the jobs without a database note how they went. */
export function notesVolume(environment: Environment): string {
  return volumeName(environment, "batch", "data");
}

/** What makes it, in the words of `docker`. */
export function notesVolumeCommand(environment: Environment): string[] {
  const labels = Object.entries(ownerLabels(environment)).map(
    ([key, value]) => `--label=${key}=${value}`,
  );
  return ["volume", "create", ...labels, notesVolume(environment)];
}

/** In front of the image: a short-lived container of the batch tier that runs a shell as root, confined. */
export function confinedOptions(place: TierPlace, own: readonly string[]): string[] {
  return [...CONFINED, ...tierOptions(place), ...own, "--entrypoint=sh"];
}

/** Writes down how a job went; its arguments are those of note.sh. */
export function noteRun(place: TierPlace): BatchRun {
  const volume = `--volume=${notesVolume(place.environment)}:/jobs`;
  const options = confinedOptions(place, ["--network=none", volume]);
  return { options, program: batchProgram(["note"]), args: [] };
}

/** Tells what is noted. */
export function notesRun(place: TierPlace): BatchRun {
  const volume = `--volume=${notesVolume(place.environment)}:/jobs:ro`;
  const options = confinedOptions(place, ["--network=none", volume]);
  return { options, program: batchProgram(["notes"]), args: [] };
}
