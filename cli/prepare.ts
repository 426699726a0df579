import type { Environment } from "../config/environment.ts";
import { environmentImages, imageList } from "../images/environment.ts";
import { targetRecord } from "../stacks/target-record.ts";
import { ship } from "./images/ship.ts";
import { ensureSecrets } from "./prepare/secrets.ts";
import { ensureVolumes } from "./prepare/volumes.ts";
import type { Report } from "./report.ts";
import type { Target } from "./target.ts";

/** Puts on the target what must be there before a container starts: images, lasting volumes, secrets. Changes nothing that is there. */
export async function prepare(
  environment: Environment,
  target: Target,
  report: Report,
): Promise<void> {
  const images = environmentImages(environment, targetRecord(environment));
  await ship(imageList(images), target, report);
  await ensureVolumes(target, environment);
  await ensureSecrets(target, environment, { image: images.guard.reference, report });
}
