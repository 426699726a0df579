import type { Command } from "commander";
import { choose, environmentCommand, type TargetOption } from "../choose.ts";
import { env } from "../env.ts";
import { inspectTarget } from "../inspect.ts";
import { print } from "../output.ts";
import { terminalReport } from "../report.ts";

async function run(name: string, options: TargetOption): Promise<void> {
  const { environment, target } = await choose(name, options);
  const text = await env(terminalReport);
  await inspectTarget(environment, target);
  print(options.target ? `${text}\nexport PLIMSOLL_TARGET='${options.target}'` : text);
}

export function envCommand(): Command {
  return environmentCommand(
    "env",
    'for eval "$(./plimsoll env)": what a plain npx cdktf or terraform needs',
  ).action(run);
}
