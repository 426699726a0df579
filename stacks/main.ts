import { App } from "cdktf";
import type { Environment } from "../config/environment.ts";
import { loadConfig } from "../config/load.ts";
import { OperatorError } from "../core/operator-error.ts";
import { deploymentOf } from "./deployment.ts";
import { addEnvironment } from "./environment.ts";

/** `cdktf` runs this file in the project's folder. */
async function main(): Promise<void> {
  const environments = await loadConfig(process.cwd());
  const only = process.env["PLIMSOLL_ENVIRONMENT"];
  const app = new App();
  for (const environment of environments) {
    if (!only || environment.name === only) add(app, environment);
  }
  app.synth();
}

function add(app: App, environment: Environment): void {
  addEnvironment(app, deploymentOf(environment));
}

try {
  await main();
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
