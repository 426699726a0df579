import { containerName, networkName, ownerLabels, volumeName } from "../core/names.ts";
import { USERS, userOf } from "../core/users.ts";
import { batchProgram } from "./batch-program.ts";
import { type TierPlace, tierOptions } from "./batch-tier.ts";

export type BatchScript = "dump" | "list" | "restore" | "drill";

/** Whose databases, and the Postgres service that has them. */
export interface BatchPlace extends TierPlace {
  readonly service: string;
}

/** A container that works and goes, in the words of `docker run`. */
export interface BatchRun {
  /** In front of the image. */
  readonly options: readonly string[];
  /** What its shell runs. */
  readonly program: string;
  /** The program's arguments. */
  readonly args: readonly string[];
}

/** What stands before a script's own lines. */
const INCLUDED: Readonly<Record<BatchScript, readonly string[]>> = {
  dump: ["record"],
  list: [],
  restore: ["check"],
  drill: ["record", "check"],
};
/** For Postgres' user alone: a dump is the data, and globals.sql has the roles' password hashes. */
const OWN = `chown ${USERS.postgres.uid}:0 /backups && chmod 0700 /backups`;

export function backupVolume({ environment, service }: BatchPlace): string {
  return volumeName(environment, service, "backups");
}

/** One at a time of those that write: the name is taken while one runs. */
export function batchName({ environment, service }: BatchPlace): string {
  return containerName(environment, `${service}-backup`);
}

function accessOptions(place: BatchPlace, script: BatchScript): string[] {
  const { environment, service } = place;
  const backups = `--volume=${backupVolume(place)}:/backups`;
  if (script === "list") return ["--network=none", `${backups}:ro`];
  const name = `--name=${batchName(place)}`;
  // An anonymous volume that goes with the container: the throw-away server's data.
  if (script === "drill") {
    return [name, "--network=none", backups, "--volume=/var/lib/postgresql/data"];
  }
  const secrets = volumeName(environment, service, "secrets");
  const network = networkName(environment, "data");
  return [name, `--network=${network}`, backups, `--volume=${secrets}:/run/secrets:ro`];
}

/** What every container of theirs has: an ordinary user's rights and the batch tier's memory. */
export function confined(place: TierPlace): string[] {
  return [
    // With an init that tells every process, it ends when it is told to.
    ...["--rm", "--init", "--env=TINI_KILL_PROCESS_GROUP=1", `--user=${userOf("postgres")}`],
    ...["--read-only", "--tmpfs=/tmp:mode=1777,size=16m", "--cap-drop=ALL"],
    ...["--security-opt=no-new-privileges:true", "--log-driver=none"],
    ...tierOptions(place),
  ];
}

/** One of the backup scripts in a container of the batch tier, with Postgres' own image. */
export function batchRun(
  place: BatchPlace,
  script: BatchScript,
  args: readonly string[] = [],
): BatchRun {
  return {
    options: [...confined(place), ...accessOptions(place, script), "--entrypoint=bash"],
    program: batchProgram([...INCLUDED[script], script]),
    args,
  };
}

/** A dump of every app's database. */
export function dumpRun(place: BatchPlace): BatchRun {
  const { environment, service } = place;
  const postgres = environment.services[service];
  if (postgres?.kind !== "postgres") throw new Error(`no postgres service ${service}`);
  const host = containerName(environment, service);
  return batchRun(place, "dump", [host, String(postgres.keepBackups)]);
}

/** What makes the volume that backups are kept in, in the words of `docker`; no `down` removes it. */
export function volumeCommands(place: BatchPlace): { create: string[]; own: BatchRun } {
  const labels = Object.entries(ownerLabels(place.environment)).map(
    ([key, value]) => `--label=${key}=${value}`,
  );
  const volume = backupVolume(place);
  const options = [
    ...["--rm", "--network=none", "--user=0:0", "--read-only", "--cap-drop=ALL"],
    ...["--cap-add=CHOWN", "--cap-add=FOWNER", `--volume=${volume}:/backups`, "--entrypoint=bash"],
  ];
  return {
    create: ["volume", "create", ...labels, volume],
    own: { options, program: OWN, args: [] },
  };
}
