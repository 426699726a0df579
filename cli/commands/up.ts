import { styleText } from "node:util";
import type { Command } from "commander";
import { planOf } from "../../config/environment.ts";
import { choose, environmentCommand, type TargetOption } from "../choose.ts";
import { budgetMap } from "../explain.ts";
import { withLock } from "../lock.ts";
import { hasColors, print } from "../output.ts";
import { terminalReport as report } from "../report.ts";
import { setUp } from "../setup/setup.ts";
import { up, urlOf } from "../up.ts";

function nextCommands(name: string, { target }: TargetOption): string {
  const arguments_ = [name, ...(target ? ["--target", target] : [])].join(" ");
  return [
    `  ./plimsoll status ${arguments_}    what runs, and how much memory it uses`,
    `  ./plimsoll explain ${arguments_}   where each number comes from`,
    `  ./plimsoll down ${arguments_}      takes it down; data and secrets stay`,
  ].join("\n");
}

interface UpOption extends TargetOption {
  readonly yes?: boolean;
}

async function run(name: string, options: UpOption): Promise<void> {
  const { yes = false } = options;
  const { environment, target } = await choose(name, options);
  // Before anything is installed or touched.
  const plan = planOf(environment);
  const variables = await setUp(report);
  await withLock(environment, () => up({ environment, target, variables, yes, report }));
  report.done(`${name} is up on ${target.name}`);
  print(`\n${budgetMap(environment, plan, hasColors())}\n`);
  print(`${styleText("bold", urlOf(environment, target))}\n`);
  print(nextCommands(name, options));
}

export function upCommand(): Command {
  return environmentCommand("up", "bring an environment up, or to what the config says now")
    .option("--yes", "without asking, even where a change interrupts the service")
    .action(run);
}
