import type { Command } from "commander";
import { alerts } from "../alerts.ts";
import { choose, environmentCommand, type TargetOption } from "../choose.ts";
import { print } from "../output.ts";

async function run(name: string, options: TargetOption): Promise<void> {
  const { environment } = await choose(name, options);
  print(alerts(environment));
}

export function alertsCommand(): Command {
  return environmentCommand(
    "alerts",
    "alert rules for Prometheus, from the numbers of the plan",
  ).action(run);
}
