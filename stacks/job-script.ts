import { containerName } from "../core/names.ts";
import { shellWord } from "../core/shell-word.ts";
import { render } from "../templates/render.ts";
import type { TierPlace } from "./batch-tier.ts";
import { noteRun, notesVolume, notesVolumeCommand } from "./job-notes.ts";

/** What a job says of itself. */
export interface JobHead {
  readonly name: string;
  readonly what: string;
  /** Of the config. */
  readonly key: string;
}

/** In the words of a shell. */
export function shellWords(list: readonly string[]): string {
  return list.map(shellWord).join(" ");
}

/** The container that every environment has, whose image the jobs without a database run. */
export function doorName({ environment }: Pick<TierPlace, "environment">): string {
  return containerName(environment, "nginx");
}

/**
 * A job that notes how it went, as the server's shell runs it.
 * @param body its own lines: `$image` is nginx's image, `refuse` ends it with what the operator can put right
 */
export function jobScript(place: TierPlace, { name, what, key }: JobHead, body: string): string {
  const { options, program } = noteRun(place);
  return render("host/job-frame.sh", {
    ...{ what, key, job: name, body: body.trimEnd() },
    nginx: doorName(place),
    volume: notesVolume(place.environment),
    create: shellWords(notesVolumeCommand(place.environment)),
    noteOptions: shellWords(options),
    noteProgram: program,
  });
}
