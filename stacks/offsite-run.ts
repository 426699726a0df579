import { type Environment, offsiteOf } from "../config/environment.ts";
import { repositoryKind } from "../core/offsite.ts";
import { offsiteSecretsVolume } from "../core/secrets.ts";
import { batchProgram } from "./batch-program.ts";
import { type BatchPlace, type BatchRun, backupVolume, batchName, confined } from "./batch-run.ts";
import { batchLimitMib } from "./batch-tier.ts";

export type OffsiteScript = "copy" | "copies" | "fetch" | "recheck";

type Offsite = NonNullable<ReturnType<typeof offsiteOf>>;

/** What stands before a script's own lines. */
const INCLUDED: Readonly<Record<OffsiteScript, readonly string[]>> = {
  copy: ["record", "check", "offsite"],
  copies: ["offsite"],
  fetch: ["offsite"],
  recheck: ["record", "offsite"],
};
/** Go's collector holds itself to it: the rest is for what is not its own. */
const HEAP_SHARE = 3 / 4;
/** Collects five times as often as by itself: memory is scarce in the batch tier, and time is not. */
const GC_PERCENT = 20;
/** Of restic's packs under way, 16 MiB each: an anonymous volume that goes with the container. */
const PACKS = "/var/tmp";

/** Where it is in the container; only one on the server itself needs a place. */
function repositoryOptions({ repository }: Offsite): string[] {
  if (repositoryKind(repository) !== "path") return ["--network=bridge"];
  // Unlike a volume's, a folder that is missing is not made: it may be a disk that is not mounted.
  return ["--network=none", `--mount=type=bind,source=${repository},target=/repository`];
}

function goOptions(place: BatchPlace): string[] {
  const heapMib = Math.floor(batchLimitMib(place) * HEAP_SHARE);
  return [
    ...["--env=GOMAXPROCS=1", `--env=GOGC=${GC_PERCENT}`, `--env=GOMEMLIMIT=${heapMib}MiB`],
    ...[`--env=TMPDIR=${PACKS}`, `--volume=${PACKS}`],
  ];
}

function offsiteIn(environment: Environment): Offsite {
  const offsite = offsiteOf(environment);
  if (!offsite) throw new Error(`no repository for the backups of ${environment.name}`);
  return offsite;
}

/** One of the scripts that go to the repository, in a container of the batch tier with restic's image. */
export function offsiteRun(
  place: BatchPlace,
  script: OffsiteScript,
  args: readonly string[] = [],
): BatchRun {
  const { environment } = place;
  const offsite = offsiteIn(environment);
  // It looks on while another works.
  const name = script === "copies" ? [] : [`--name=${batchName(place)}`];
  return {
    options: [
      ...confined(place),
      ...goOptions(place),
      ...name,
      ...repositoryOptions(offsite),
      `--volume=${backupVolume(place)}:/backups`,
      `--volume=${offsiteSecretsVolume(environment)}:/run/secrets:ro`,
      "--entrypoint=bash",
    ],
    program: batchProgram([...INCLUDED[script], script]),
    args: [offsite.repository, hostIn(environment), ...args],
  };
}

/** Whose copies they are, on this server and on the one after it. */
function hostIn({ project, name }: Environment): string {
  return `${project}-${name}`;
}

/** A copy of the newest backup. */
export function copyRun(place: BatchPlace): BatchRun {
  const { daily, weekly, monthly } = offsiteIn(place.environment).keep;
  return offsiteRun(place, "copy", [daily, weekly, monthly].map(String));
}
