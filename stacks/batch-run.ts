import { readFileSync } from "node:fs";
import { OOM_SCORES } from "../core/allocation/oom-score.ts";
import { cgroupParent } from "../core/cgroup.ts";
import { containerName, networkName, ownerLabels, volumeName } from "../core/names.ts";
import type { Plan } from "../core/plan.ts";
import { toMib } from "../core/units.ts";
import { USERS, userOf } from "../core/users.ts";
import type { Deployment } from "./deployment.ts";

export type BatchScript = "dump" | "list" | "restore" | "drill";

/** Whose databases, and the Postgres service that has them. */
export interface BatchPlace extends Pick<Deployment, "environment" | "cgroupDriver"> {
  readonly plan: Pick<Plan, "memory">;
  readonly service: string;
}

/** A container that works and goes, in the words of `docker run`. */
export interface BatchRun {
  /** In front of the image. */
  readonly options: readonly string[];
  /** What bash in it runs. */
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
/** Postgres' own small share: work that can wait must not slow requests. */
const CPU_SHARES = "128";
/** For Postgres' user alone: a dump is the data, and globals.sql has the roles' password hashes. */
const OWN = `chown ${USERS.postgres.uid}:0 /backups && chmod 0700 /backups`;

function programOf(script: BatchScript): string {
  const files = [...INCLUDED[script], script];
  const parts = files.map((file) =>
    readFileSync(new URL(`../templates/batch/${file}.sh`, import.meta.url), "utf8"),
  );
  return parts.join("\n");
}

/** The batch tier's memory, and no swap. */
function memoryOptions({ plan }: BatchPlace): string[] {
  const batch = plan.memory.lines.find(({ tier }) => tier === "batch");
  if (!batch) throw new Error("no memory line for the batch tier");
  const limit = `${toMib(batch.limitBytes)}m`;
  return [`--memory=${limit}`, `--memory-swap=${limit}`, `--cpu-shares=${CPU_SHARES}`];
}

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

/** One of the backup scripts in a container of the batch tier, with Postgres' own image. */
export function batchRun(
  place: BatchPlace,
  script: BatchScript,
  args: readonly string[] = [],
): BatchRun {
  const { environment, cgroupDriver } = place;
  return {
    options: [
      // With an init that tells every process, it ends when it is told to.
      ...["--rm", "--init", "--env=TINI_KILL_PROCESS_GROUP=1", `--user=${userOf("postgres")}`],
      ...["--read-only", "--tmpfs=/tmp:mode=1777,size=16m", "--cap-drop=ALL"],
      ...["--security-opt=no-new-privileges:true", "--log-driver=none"],
      `--cgroup-parent=${cgroupParent(cgroupDriver, environment, ["batch"])}`,
      `--oom-score-adj=${OOM_SCORES.batch}`,
      ...memoryOptions(place),
      ...accessOptions(place, script),
      "--entrypoint=bash",
    ],
    program: programOf(script),
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
