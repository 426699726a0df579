import type { Command } from "commander";
import { choose, environmentCommand, type TargetOption } from "../choose.ts";
import { confirm } from "../confirm.ts";
import { down } from "../down.ts";
import { inspectTarget } from "../inspect.ts";
import { withLock } from "../lock.ts";
import { terminalReport as report } from "../report.ts";
import { type ServerRest, serverRest } from "../server-rest.ts";
import { setUp } from "../setup/setup.ts";

interface DownOption extends TargetOption {
  readonly volumes?: boolean;
  readonly swap?: boolean;
  readonly packages?: boolean;
  readonly yes?: boolean;
}

function confirmRest(rest: ServerRest, name: string, host: string): Promise<void> {
  const what = [
    ...(rest.swap ? ["its swap file"] : []),
    ...(rest.packages ? ["the packages that Plimsoll installed there, Docker among them"] : []),
  ].join(", and ");
  return confirm(`down ${name}: takes from ${host} ${what}`, name);
}

async function run(name: string, options: DownOption): Promise<void> {
  const { volumes = false, swap = false, packages = false } = options;
  const { environment, target } = await choose(name, options);
  const rest = serverRest(environment, { swap, packages });
  if (rest && !options.yes) await confirmRest(rest, name, target.name);
  const variables = await setUp(report);
  await inspectTarget(environment, target);
  await withLock(environment, () =>
    down({ environment, target, volumes, rest, variables, report }),
  );
  report.done(
    `${name} is down on ${target.name}; data and secrets are ${volumes ? "removed" : "kept"}`,
  );
}

export function downCommand(): Command {
  return environmentCommand("down", "take an environment down; data and secrets stay")
    .option("--volumes", "remove data and secrets too")
    .option("--swap", "remove the server's swap file too")
    .option("--packages", "remove the packages that up installed on the server too, with Docker")
    .option("--yes", "remove them without asking")
    .action(run);
}
