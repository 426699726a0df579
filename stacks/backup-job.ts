import { containerName } from "../core/names.ts";
import { render } from "../templates/render.ts";
import {
  type BatchPlace,
  type BatchRun,
  backupVolume,
  batchName,
  volumeCommands,
} from "./batch-run.ts";
import { type JobHead, shellWords } from "./job-script.ts";

/** Runs what the CLI's verb of the same name runs, with the image that Postgres has; notes how it went beside the backups. */
export function backupScript(
  place: BatchPlace,
  { name, what, key }: JobHead,
  run: BatchRun,
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
    ...{ options: shellWords(run.options), program: run.program, args: shellWords(run.args) },
  });
}
