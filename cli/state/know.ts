import type { Environment } from "../../config/environment.ts";
import { recordedState, requireSettledState } from "../../stacks/state-record.ts";
import type { Report } from "../report.ts";
import { ensureTerraformEnvironment } from "../setup/terraform-environment.ts";
import type { Target } from "../target.ts";
import { isShared, lookAtState } from "./shared.ts";

/** For what only has to know the state's id: looks once, as `lookAtState`, and with a Terraform only then. */
export async function knowState(
  environment: Environment,
  target: Target,
  report: Report,
): Promise<void> {
  requireSettledState(environment);
  if (!isShared(environment) || recordedState(environment)) return;
  const variables = await ensureTerraformEnvironment(report);
  await lookAtState({ environment, variables }, target);
}
