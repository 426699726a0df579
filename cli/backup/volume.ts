import { ownerLabels, volumeName } from "../../core/names.ts";
import { USERS } from "../../core/users.ts";
import type { Job } from "./batch-container.ts";

/** For Postgres' user alone: a dump is the data, and globals.sql has the roles' password hashes. */
const OWN = `chown ${USERS.postgres.uid}:0 /backups && chmod 0700 /backups`;

export function backupVolume({ deployment, service }: Job): string {
  return volumeName(deployment.environment, service, "backups");
}

/** Makes the volume that backups are kept in; no `down` removes it. */
export async function ensureBackupVolume(job: Job): Promise<void> {
  const { deployment, target } = job;
  const volume = backupVolume(job);
  const found = await target.docker(["volume", "ls", "--quiet", "--filter", `name=^${volume}$`]);
  if (String(found.stdout).trim() === volume) return;
  const labels = Object.entries(ownerLabels(deployment.environment)).flatMap(([key, value]) => [
    "--label",
    `${key}=${value}`,
  ]);
  await target.docker(["volume", "create", ...labels, volume]);
  await target.docker([
    ...["run", "--rm", "--network=none", "--user=0:0", "--read-only", "--cap-drop=ALL"],
    ...["--cap-add=CHOWN", "--cap-add=FOWNER", `--volume=${volume}:/backups`],
    ...["--entrypoint=sh", deployment.images.postgres, "-c", OWN],
  ]);
}
