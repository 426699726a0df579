import { App } from "cdktf";
import { type Environment, planOf } from "../config/environment.ts";
import { loadConfig } from "../config/load.ts";
import { OperatorError } from "../core/operator-error.ts";
import { type EnvironmentImages, environmentImages } from "../images/environment.ts";
import type { Deployment, ImageReferences } from "./deployment.ts";
import { addEnvironment } from "./environment.ts";
import { stateFolder, stateId, targetRecord } from "./target-record.ts";

const OPERATOR_ERROR_EXIT = 2;

function referencesOf({ apps, ...images }: EnvironmentImages): ImageReferences {
  return {
    guard: images.guard.reference,
    nginx: images.nginx.reference,
    postgres: images.postgres.reference,
    redis: images.redis.reference,
    apps: Object.fromEntries(Object.entries(apps).map(([name, image]) => [name, image.reference])),
  };
}

/** The deployment that the config and the target's record give, with this project's own CLI for its steps. */
function deploymentOf(environment: Environment): Deployment {
  const record = targetRecord(environment);
  return {
    environment,
    plan: planOf(environment),
    images: referencesOf(environmentImages(environment, record)),
    cgroupDriver: record.cgroupDriver,
    stateFolder: stateFolder(environment),
    stateId: stateId(environment),
    operator: { command: ["node", "--import", "tsx", "cli/main.ts"], folder: environment.root },
  };
}

/** `cdktf` runs this file in the project's folder. `PLIMSOLL_ENVIRONMENT` names one environment; default: all. */
async function main(): Promise<void> {
  const only = process.env["PLIMSOLL_ENVIRONMENT"];
  const app = new App();
  for (const environment of await loadConfig(process.cwd())) {
    if (!only || environment.name === only) addEnvironment(app, deploymentOf(environment));
  }
  app.synth();
}

await main().catch((error: unknown) => {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = OPERATOR_ERROR_EXIT;
});
