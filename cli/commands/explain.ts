import type { Command } from "commander";
import { planOf } from "../../config/environment.ts";
import { choose, environmentCommand, JSON_OPTION, type TargetOption } from "../choose.ts";
import { explain } from "../explain.ts";
import { print, printJson } from "../output.ts";

interface ExplainOption extends TargetOption {
  readonly json?: boolean;
}

async function run(name: string, options: ExplainOption): Promise<void> {
  const { environment } = await choose(name, options);
  const plan = planOf(environment);
  if (options.json) printJson(plan);
  else print(explain(environment, plan));
}

export function explainCommand(): Command {
  return environmentCommand("explain", "the memory budget and the numbers that come out of it")
    .option(...JSON_OPTION)
    .action(run);
}
