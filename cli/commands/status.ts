import type { Command } from "commander";
import { choose, environmentCommand, JSON_OPTION, type TargetOption } from "../choose.ts";
import { inspectEngine } from "../inspect.ts";
import { print, printJson } from "../output.ts";
import { allHealthy, status, statusTable } from "../status.ts";

interface StatusOption extends TargetOption {
  readonly json?: boolean;
}

async function run(name: string, options: StatusOption): Promise<void> {
  const { environment, target } = await choose(name, options);
  await inspectEngine(target);
  const services = await status(environment, target);
  if (options.json) printJson(services);
  else if (services.length > 0) print(statusTable(services));
  else print(`${name} is not up on ${target.name}; ./plimsoll up ${name} brings it up`);
  process.exitCode = allHealthy(services) ? 0 : 1;
}

export function statusCommand(): Command {
  return environmentCommand(
    "status",
    "what runs and how much memory it uses; exit 1 unless all is healthy",
  )
    .option(...JSON_OPTION)
    .action(run);
}
