import { readFile } from "node:fs/promises";
import { OOM_SCORES } from "../../core/allocation/oom-score.ts";
import { cgroupParent } from "../../core/cgroup.ts";
import { containerName, networkName, volumeName } from "../../core/names.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { toMib } from "../../core/units.ts";
import { userOf } from "../../core/users.ts";
import type { Deployment } from "../../stacks/deployment.ts";
import type { Target } from "../target.ts";

export type BackupScript = "dump" | "list" | "restore" | "drill";

export interface Job {
  readonly deployment: Deployment;
  readonly target: Target;
  /** The Postgres service. */
  readonly service: string;
}

/** The scripts' own word for something that the operator can put right. */
const REFUSED_EXIT = 3;
const NAME_TAKEN = /is already in use by container/;
/** Scripts that read a backup start with the checks of check.sh. */
const CHECKED: readonly BackupScript[] = ["restore", "drill"];
/** Postgres' own small share: work that can wait must not slow requests. */
const CPU_SHARES = "128";

async function text(script: BackupScript): Promise<string> {
  const files = CHECKED.includes(script) ? ["check", script] : [script];
  const parts = files.map((file) => readFile(new URL(`./${file}.sh`, import.meta.url), "utf8"));
  return (await Promise.all(parts)).join("\n");
}

/** The batch tier's memory, and no swap. */
function memoryArgs({ plan }: Deployment): string[] {
  const batch = plan.memory.lines.find(({ tier }) => tier === "batch");
  if (!batch) throw new Error("no memory line for the batch tier");
  const limit = `${toMib(batch.limitBytes)}m`;
  return [`--memory=${limit}`, `--memory-swap=${limit}`, `--cpu-shares=${CPU_SHARES}`];
}

function accessArgs({ deployment: { environment }, service }: Job, script: BackupScript): string[] {
  const backups = `--volume=${volumeName(environment, service, "backups")}:/backups`;
  if (script === "list") return ["--network=none", `${backups}:ro`];
  // An anonymous volume that goes with the container: the throw-away server's data.
  if (script === "drill") {
    return ["--network=none", backups, "--volume=/var/lib/postgresql/data"];
  }
  const secrets = volumeName(environment, service, "secrets");
  const network = networkName(environment, "data");
  return [`--network=${network}`, backups, `--volume=${secrets}:/run/secrets:ro`];
}

/**
 * Runs one of the backup scripts in a container of the batch tier, with Postgres' own image. One at a time: its name is
 * taken while it runs.
 * @returns the lines that it printed
 * @throws OperatorError when another one runs, or the script refuses
 */
export async function runBatch(
  job: Job,
  script: BackupScript,
  args: readonly string[],
): Promise<string[]> {
  const { deployment, target, service } = job;
  const { environment, cgroupDriver, images } = deployment;
  const name = containerName(environment, `${service}-${script === "list" ? "backups" : "backup"}`);
  const { exitCode, stdout, stderr } = await target.docker(
    [
      ...["run", "--rm", `--name=${name}`, `--user=${userOf("postgres")}`],
      ...["--read-only", "--tmpfs=/tmp:mode=1777,size=16m", "--cap-drop=ALL"],
      ...["--security-opt=no-new-privileges:true", "--log-driver=none"],
      `--cgroup-parent=${cgroupParent(cgroupDriver, environment, ["batch"])}`,
      `--oom-score-adj=${OOM_SCORES.batch}`,
      ...memoryArgs(deployment),
      ...accessArgs(job, script),
      ...["--entrypoint=bash", images.postgres, "-c", await text(script), "bash", ...args],
    ],
    { reject: false },
  );
  if (exitCode === 0) return String(stdout).split("\n").filter(Boolean);
  if (NAME_TAKEN.test(String(stderr))) {
    throw new OperatorError(
      `environments.${environment.name}: one backup, drill or restore at a time, got one under way on ${target.name}; wait for it`,
    );
  }
  if (exitCode !== REFUSED_EXIT) throw new Error(`${script} on ${target.name}: ${stderr}`);
  throw new OperatorError(
    `${String(stderr).trim().split("\n").at(-1)}; ./plimsoll backups ${environment.name} shows what is there`,
  );
}
