import type { Command } from "commander";
import { OperatorError } from "../../core/operator-error.ts";
import { type Chosen, choose, environmentCommand, type TargetOption } from "../choose.ts";
import { applyHost, checkHost, removeHost, rollBackHost } from "../host.ts";
import { print } from "../output.ts";
import { terminalReport as report } from "../report.ts";

interface HostOption extends TargetOption {
  readonly check?: boolean;
  readonly remove?: boolean;
  readonly rollback?: boolean;
}

const CHANGES_EXIT = 1;

function requireServer({ environment }: Chosen): void {
  if (environment.target !== "local") return;
  throw new OperatorError(
    `environments.${environment.name}.target: this machine is never changed, got local; name a server as ssh://user@host`,
  );
}

async function check({ environment, target }: Chosen): Promise<void> {
  const changes = await checkHost(environment, target);
  for (const change of changes) print(change);
  if (changes.length > 0) process.exitCode = CHANGES_EXIT;
  else report.done(`${target.name} is as the config says`);
}

async function run(name: string, options: HostOption): Promise<void> {
  const chosen = await choose(name, options);
  requireServer(chosen);
  const { environment, target } = chosen;
  if (options.check) return check(chosen);
  if (options.remove) return removeHost(target, report);
  if (options.rollback) return rollBackHost(environment, target, report);
  await applyHost(environment, target, report);
}

export function hostCommand(): Command {
  return environmentCommand(
    "host",
    "makes the server itself what the config says; a step of every deploy",
  )
    .option("--check", "only tells what would change; exit 1 if anything")
    .option("--rollback", "back to what was in force before the last change")
    .option("--remove", "takes it back; swap, packages and Docker stay")
    .action(run);
}
