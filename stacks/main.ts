import { App } from "cdktf";
import { loadConfig } from "../config/load.ts";
import { OperatorError } from "../core/operator-error.ts";
import { deploymentOf } from "./deployment-of.ts";
import { addEnvironment } from "./environment.ts";
import { requireSettledState } from "./state-record.ts";

const OPERATOR_ERROR_EXIT = 2;

/** `cdktf` runs this file in the project's folder. `PLIMSOLL_ENVIRONMENT` names one environment; default: all. */
async function main(): Promise<void> {
  const only = process.env["PLIMSOLL_ENVIRONMENT"];
  const app = new App();
  for (const environment of await loadConfig(process.cwd())) {
    if (only && environment.name !== only) continue;
    requireSettledState(environment);
    addEnvironment(app, deploymentOf(environment));
  }
  app.synth();
}

await main().catch((error: unknown) => {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = OPERATOR_ERROR_EXIT;
});
