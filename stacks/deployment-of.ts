import { type Environment, planOf } from "../config/environment.ts";
import { type EnvironmentImages, environmentImages } from "../images/environment.ts";
import type { Deployment, ImageReferences } from "./deployment.ts";
import { stateId } from "./state-record.ts";
import { stateFolder, targetRecord } from "./target-record.ts";

function referencesOf({ apps, ...images }: EnvironmentImages): ImageReferences {
  return {
    guard: images.guard.reference,
    nginx: images.nginx.reference,
    postgres: images.postgres.reference,
    redis: images.redis.reference,
    ...(images.restic && { restic: images.restic.reference }),
    apps: Object.fromEntries(Object.entries(apps).map(([name, image]) => [name, image.reference])),
  };
}

/**
 * The deployment that the config and the target's record give, with this project's own CLI for its steps.
 * @throws OperatorError when the environment does not fit its server
 */
export function deploymentOf(environment: Environment): Deployment {
  const record = targetRecord(environment);
  return {
    environment,
    plan: planOf(environment),
    images: referencesOf(environmentImages(environment, record)),
    cgroupDriver: record.cgroupDriver,
    stateFolder: stateFolder(environment),
    engine: record.engine,
    stateId: stateId(environment),
    operator: { command: ["node", "--import", "tsx", "cli/main.ts"], folder: environment.root },
  };
}
