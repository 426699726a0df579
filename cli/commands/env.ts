import type { Command } from "commander";
import { OperatorError } from "../../core/operator-error.ts";
import { type Chosen, choose, environmentCommand, type TargetOption } from "../choose.ts";
import { env } from "../env.ts";
import { inspectTarget } from "../inspect.ts";
import { print } from "../output.ts";
import { terminalReport } from "../report.ts";

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

async function run(name: string, options: TargetOption): Promise<void> {
  const { environment, target } = await choose(name, options);
  const text = await env(terminalReport);
  await look({ environment, target });
  print(options.target ? `${text}\nexport PLIMSOLL_TARGET='${options.target}'` : text);
}

export function envCommand(): Command {
  return environmentCommand(
    "env",
    'for eval "$(./plimsoll env)": what a plain npx cdktf or terraform needs',
  ).action(run);
}
