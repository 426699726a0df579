import type { Environment } from "../config/environment.ts";
import { ENVIRONMENT_LABEL, PROJECT_LABEL } from "../core/names.ts";
import { runCdktf } from "./cdktf.ts";
import { removeHostRest } from "./host.ts";
import type { Report } from "./report.ts";
import { backupVolumes, requireUnneededDocker, type ServerRest } from "./server-rest.ts";
import { takeUpState } from "./state/shared.ts";
import { removeOrphans, removeRetired, requireOwnState } from "./state.ts";
import type { Target } from "./target.ts";

export interface DownOptions {
  readonly environment: Environment;
  readonly target: Target;
  /** Also the volumes that a destroy leaves: data and secrets. Never the backups. */
  readonly volumes: boolean;
  /** What of the server itself goes too. @default nothing but its settings */
  readonly rest?: ServerRest | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
}

async function removeVolumes({ environment, target, report }: DownOptions): Promise<void> {
  const filters = [
    `label=${PROJECT_LABEL}=${environment.project}`,
    `label=${ENVIRONMENT_LABEL}=${environment.name}`,
  ].flatMap((filter) => ["--filter", filter]);
  const backups = backupVolumes(environment);
  const { stdout } = await target.docker(["volume", "ls", "--quiet", ...filters]);
  for (const volume of String(stdout).split("\n").filter(Boolean)) {
    // Whoever removes data by mistake has these left.
    if (backups.has(volume)) {
      report.warn(
        `kept volume ${volume}, which backups need; docker volume rm ${volume} removes it`,
      );
      continue;
    }
    await target.docker(["volume", "rm", volume]);
    report.detail(`removed volume ${volume}`);
  }
}

/** Takes an environment down; data and secrets stay unless told otherwise. */
export async function down(options: DownOptions): Promise<void> {
  const { environment, target, variables, report } = options;
  await takeUpState(options, target);
  await requireOwnState(environment, target);
  if (options.rest?.packages) await requireUnneededDocker(options);
  // Before the networks that they hold.
  await removeRetired(options);
  await runCdktf({ environment, action: "destroy", variables, report });
  await removeOrphans(options);
  if (options.volumes) await removeVolumes(options);
  if (options.rest) await removeHostRest(target, report, options.rest);
}
