import type { Command } from "commander";
import { planOf } from "../../config/environment.ts";
import { choose, environmentCommand, JSON_OPTION, type TargetOption } from "../choose.ts";
import { checkHost } from "../host.ts";
import { inspectTarget } from "../inspect.ts";
import { print, printJson } from "../output.ts";
import { plan, planText } from "../plan.ts";
import { terminalReport as report } from "../report.ts";
import { setUp } from "../setup/setup.ts";
import { retiredContainers } from "../state.ts";

interface PlanOption extends TargetOption {
  readonly json?: boolean;
}

async function run(name: string, options: PlanOption): Promise<void> {
  const { environment, target } = await choose(name, options);
  planOf(environment);
  const variables = await setUp(report);
  await inspectTarget(environment, target);
  report.step(`planning ${name} on ${target.name}`);
  const changes = await plan(
    { environment, variables, report },
    {
      retired: await retiredContainers(environment, target),
      server: await checkHost(environment, target),
    },
  );
  if (options.json) printJson(changes);
  else print(planText(environment, changes));
}

export function planCommand(): Command {
  return environmentCommand("plan", "what up would change, and what that costs those who use it")
    .option(...JSON_OPTION)
    .action(run);
}
