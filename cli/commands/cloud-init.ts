import type { Command } from "commander";
import { planOf } from "../../config/environment.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { hostBundle } from "../../stacks/host-bundle.ts";
import { choose, environmentCommand, type TargetOption } from "../choose.ts";

async function run(name: string, options: TargetOption): Promise<void> {
  const { environment } = await choose(name, options);
  const bundle = hostBundle(environment, planOf(environment));
  if (!bundle) {
    throw new OperatorError(
      `environments.${name}.host: must say what to make of a server, got ${environment.host ? "target local" : "nothing"}; ` +
        "write host: {} and a target such as ssh://root@host",
    );
  }
  process.stdout.write(bundle.script);
}

export function cloudInitCommand(): Command {
  return environmentCommand(
    "cloud-init",
    "prints user data for a new server's first boot: the same as host does over ssh",
  ).action(run);
}
