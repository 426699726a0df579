import type { Command } from "commander";
import { choose, environmentCommand, type TargetOption } from "../choose.ts";
import { down } from "../down.ts";
import { inspectTarget } from "../inspect.ts";
import { withLock } from "../lock.ts";
import { terminalReport as report } from "../report.ts";
import { setUp } from "../setup/setup.ts";

interface DownOption extends TargetOption {
  readonly volumes?: boolean;
}

async function run(name: string, options: DownOption): Promise<void> {
  const { volumes = false } = options;
  const { environment, target } = await choose(name, options);
  const variables = await setUp(report);
  await inspectTarget(environment, target);
  await withLock(environment, () => down({ environment, target, volumes, variables, report }));
  report.done(
    `${name} is down on ${target.name}; data and secrets are ${volumes ? "removed" : "kept"}`,
  );
}

export function downCommand(): Command {
  return environmentCommand("down", "take an environment down; data and secrets stay")
    .option("--volumes", "remove data and secrets too")
    .action(run);
}
