import { containerName } from "../../core/names.ts";
import { servicesOf } from "../../core/spec.ts";
import type { BatchPlace } from "../../stacks/batch-run.ts";
import type { Target } from "../target.ts";
import { type Backups, backupsIn } from "./backups.ts";
import { hasBackupVolume, listLines } from "./batch-container.ts";

export interface LiveBackups {
  /** The Postgres service that they are of. */
  readonly service: string;
  readonly backups: Backups;
}

const NONE: Backups = backupsIn([]);

/**
 * What is known of the backups of an environment that is up; makes nothing.
 * @returns undefined without a Postgres, or where it has no container
 */
export async function liveBackups(
  place: Omit<BatchPlace, "service">,
  target: Target,
): Promise<LiveBackups | undefined> {
  const [postgres] = servicesOf(place.environment.services, "postgres");
  if (!postgres) return undefined;
  const [service] = postgres;
  const name = containerName(place.environment, service);
  const found = await target.docker(
    ["inspect", "--type=container", "--format", "{{.Image}}", name],
    { reject: false },
  );
  if (found.exitCode !== 0) return undefined;
  const job = { place: { ...place, service }, target, image: String(found.stdout).trim() };
  const hasAny = await hasBackupVolume(job);
  return { service, backups: hasAny ? backupsIn(await listLines(job)) : NONE };
}
