import type { Command } from "commander";
import { choose, environmentCommand, JSON_OPTION, type TargetOption } from "../choose.ts";
import { withLock } from "../lock.ts";
import { print, printJson } from "../output.ts";
import { terminalReport as report } from "../report.ts";
import { ensureTerraformEnvironment } from "../setup/terraform-environment.ts";
import { type Moved, moveState } from "../state/move.ts";
import { overviewText, stateOverview } from "../state/overview.ts";
import { plainTable } from "../table.ts";

interface StateOption extends TargetOption {
  readonly json?: boolean;
}

async function show(name: string, options: StateOption): Promise<void> {
  const { environment, target } = await choose(name, options);
  const variables = await ensureTerraformEnvironment(report);
  const overview = await stateOverview({ environment, variables }, target);
  if (options.json) printJson(overview);
  else print(overviewText(overview));
}

function tell(name: string, moved: Moved | undefined): void {
  if (!moved) {
    report.done(`the state of ${name} is where the config says; nothing to move`);
    return;
  }
  const rows = moved.stacks.map(({ stack, resources, serial }) => [stack, resources, serial]);
  const head = ["stack", "resources", "serial"];
  if (rows.length > 0) print(plainTable(rows, { head, align: "lrr" }));
  report.done(`the state of ${name} is in ${moved.to}, read back and compared`);
  report.detail(`what was in ${moved.from} is kept in ${moved.backups}`);
}

async function move(name: string, _: StateOption, command: Command): Promise<void> {
  // `state` has the same options, and takes them wherever they are written.
  const { json, ...options } = command.optsWithGlobals<StateOption>();
  const { environment, target } = await choose(name, options);
  const variables = await ensureTerraformEnvironment(report);
  await withLock(environment, async () => {
    const moved = await moveState({ environment, target, variables, report });
    if (json) printJson(moved ?? { stacks: [] });
    else tell(name, moved);
  });
}

export function stateCommand(): Command {
  return environmentCommand("state", "where Terraform's state is, and who holds its lock; moves it")
    .option(...JSON_OPTION)
    .action(show)
    .addCommand(
      environmentCommand("move", "moves the state to where the config says, checked on both sides")
        .option(...JSON_OPTION)
        .action(move),
    );
}
