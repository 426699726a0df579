import type { Command } from "commander";
import { OperatorError } from "../../core/operator-error.ts";
import { requireSettledState } from "../../stacks/state-record.ts";
import { type Chosen, choose, environmentCommand, type TargetOption } from "../choose.ts";
import { env } from "../env.ts";
import { inspectTarget } from "../inspect.ts";
import { print } from "../output.ts";
import { terminalReport } from "../report.ts";
import { ensureTerraformEnvironment } from "../setup/terraform-environment.ts";
import { isShared, lookAtState } from "../state/shared.ts";

/** A server that Docker is yet to be brought to by its host stack is no reason to stop here. */
async function look({ environment, target }: Chosen): Promise<void> {
  try {
    await inspectTarget(environment, target);
  } catch (error) {
    if (!environment.host || !(error instanceof OperatorError)) throw error;
    terminalReport.warn(
      `${error.message}; deploy ${environment.name}-host first, then run this again`,
    );
  }
}

/** What a plain deploy puts on everything is the state's id. */
async function lookState({ environment, target }: Chosen): Promise<void> {
  if (!isShared(environment)) return requireSettledState(environment);
  const variables = await ensureTerraformEnvironment(terminalReport);
  await lookAtState({ environment, variables }, target);
}

async function run(name: string, options: TargetOption): Promise<void> {
  const chosen = await choose(name, options);
  const text = await env(terminalReport);
  await look(chosen);
  await lookState(chosen);
  print(options.target ? `${text}\nexport PLIMSOLL_TARGET='${options.target}'` : text);
}

export function envCommand(): Command {
  return environmentCommand(
    "env",
    'for eval "$(./plimsoll env)": what a plain npx cdktf or terraform needs',
  ).action(run);
}
