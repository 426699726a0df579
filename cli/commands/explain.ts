import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { type Environment, planOf } from "../../config/environment.ts";
import { loadConfig } from "../../config/load.ts";
import type { Plan } from "../../core/plan.ts";
import {
  chooseEnvironment,
  environmentCommand,
  JSON_OPTION,
  type TargetOption,
} from "../choose.ts";
import { why, whyFigures } from "../explain/why.ts";
import { budgetFiles, budgetMap, explain, explainJson, explainSvg } from "../explain.ts";
import { writeGenerated } from "../generated.ts";
import { fromOperator, hasColors, print, printJson } from "../output.ts";
import { terminalReport as report } from "../report.ts";

interface ExplainOption extends TargetOption {
  readonly json?: boolean;
  readonly why?: string;
  readonly map?: boolean;
  readonly svg?: string;
  readonly write?: boolean;
}

/** For every environment: a review sees what a change of the base does to each. */
async function write(): Promise<void> {
  const environments = await loadConfig(process.cwd());
  const files = environments.flatMap((environment) =>
    budgetFiles(environment, planOf(environment)),
  );
  const changed = await writeGenerated(files, process.cwd());
  for (const path of changed) report.done(`${path} written`);
  if (changed.length === 0) report.done("docs/budget is as the config says");
}

function tell(environment: Environment, plan: Plan, options: ExplainOption): void {
  const { json, map, why: wanted } = options;
  if (wanted && json) printJson(whyFigures(plan.figures, wanted));
  else if (wanted) print(why(plan.figures, wanted));
  else if (json) printJson(explainJson(environment, plan));
  else print((map ? budgetMap : explain)(environment, plan, hasColors()));
}

async function run(name: string, options: ExplainOption): Promise<void> {
  if (options.write) return write();
  const environment = await chooseEnvironment(name, options);
  const plan = planOf(environment);
  if (!options.svg) return tell(environment, plan, options);
  await writeFile(fromOperator(options.svg), explainSvg(environment, plan));
  report.done(`${options.svg} written`);
}

export function explainCommand(): Command {
  return environmentCommand("explain", "the memory budget, and where each number comes from")
    .option("--why <figure>", "where it comes from, such as postgres.limit, or all of postgres")
    .option("--map", "what is to be known first, and nothing else")
    .option("--svg <file>", "draws the memory map")
    .option("--write", "keeps docs/budget/ of every environment for code reviews")
    .option(...JSON_OPTION)
    .action(run);
}
