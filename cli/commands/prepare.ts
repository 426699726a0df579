import type { Command } from "commander";
import { choose, environmentCommand, type TargetOption } from "../choose.ts";
import { prepare } from "../prepare.ts";
import { terminalReport } from "../report.ts";

async function run(name: string, options: TargetOption): Promise<void> {
  const { environment, target } = await choose(name, options);
  await prepare(environment, target, terminalReport);
}

export function prepareCommand(): Command {
  return environmentCommand(
    "prepare",
    "images, volumes and secrets on the target; a step of every deploy",
  ).action(run);
}
