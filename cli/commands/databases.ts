import type { Command } from "commander";
import { planOf } from "../../config/environment.ts";
import { choose, environmentCommand, type TargetOption } from "../choose.ts";
import { ensureDatabases } from "../databases.ts";

async function run(name: string, options: TargetOption): Promise<void> {
  const { environment, target } = await choose(name, options);
  await ensureDatabases(environment, target, planOf(environment));
}

export function databasesCommand(): Command {
  return environmentCommand(
    "databases",
    "roles and databases of the apps; a step of every deploy",
  ).action(run);
}
