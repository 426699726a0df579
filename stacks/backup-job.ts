import { containerName, IMAGE_LABEL } from "../core/names.ts";
import { render } from "../templates/render.ts";
import {
  type BatchPlace,
  type BatchRun,
  backupVolume,
  batchName,
  volumeCommands,
} from "./batch-run.ts";
import { type JobHead, shellWords } from "./job-script.ts";

/** What a job does, one after the other. */
export interface BackupWork {
  /** With the image that Postgres has. */
  readonly run: BatchRun;
  /** With restic's; undefined where backups stay on the server. */
  readonly offsite: BatchRun | undefined;
}

/** In the words of a shell. */
function words({ options, program, args }: BatchRun) {
  return { options: shellWords(options), program, args: shellWords(args) };
}

/** Runs what the CLI's verb of the same name runs; notes how it went beside the backups. */
export function backupScript(
  place: BatchPlace,
  { name, what, key }: JobHead,
  { run, offsite }: BackupWork,
): string {
  const { create, own } = volumeCommands(place);
  return render("host/backup-job.sh", {
    ...{ what, verb: name, key },
    postgres: containerName(place.environment, place.service),
    name: batchName(place),
    volume: backupVolume(place),
    create: shellWords(create),
    own: shellWords(own.options),
    ownProgram: own.program,
    ...words(run),
    offsite: offsite ? [{ ...words(offsite), image: `label=${IMAGE_LABEL}=restic` }] : [],
  });
}
