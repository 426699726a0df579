import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import type { Environment } from "../../config/environment.ts";
import { deploymentOf } from "../../stacks/deployment-of.ts";
import { choose, environmentCommand, JSON_OPTION, type TargetOption } from "../choose.ts";
import { inspectEngine } from "../inspect.ts";
import { fromOperator, print, printJson } from "../output.ts";
import { terminalReport } from "../report.ts";
import { knowState } from "../state/know.ts";
import type { Target } from "../target.ts";
import { hostReadings } from "../verify/host.ts";
import { isDrift, type Reading } from "../verify/reading.ts";
import { verify } from "../verify.ts";
import { junit, readingsTable, summary } from "../verify-report.ts";

interface VerifyOption extends TargetOption {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly junit?: string;
  readonly host?: boolean;
}

const DRIFT_EXIT = 1;

function tell(readings: readonly Reading[], { all, json }: VerifyOption): void {
  if (json) {
    printJson(readings);
    return;
  }
  const shown = all ? readings : readings.filter(isDrift);
  if (shown.length > 0) print(`${readingsTable(shown)}\n`);
  print(summary(readings));
}

async function verifyAll(environment: Environment, target: Target): Promise<Reading[]> {
  await inspectEngine(target);
  await knowState(environment, target, terminalReport);
  return [
    ...(environment.host && environment.target !== "local"
      ? await hostReadings(environment, target)
      : []),
    ...(await verify(deploymentOf(environment), target)),
  ];
}

async function run(name: string, options: VerifyOption): Promise<void> {
  const { environment, target } = await choose(name, options);
  const readings = options.host
    ? await hostReadings(environment, target)
    : await verifyAll(environment, target);
  if (options.junit) await writeFile(fromOperator(options.junit), junit(name, readings));
  tell(readings, options);
  process.exitCode = readings.some(isDrift) ? DRIFT_EXIT : 0;
}

export function verifyCommand(): Command {
  return environmentCommand(
    "verify",
    "reads every declared setting back from where it is in force; exit 1 on drift",
  )
    .option("--all", "also what is in force as declared")
    .option(...JSON_OPTION)
    .option("--host", "only the server itself, whether anything runs on it or not")
    .option("--junit <file>", "writes a test report for CI")
    .action(run);
}
