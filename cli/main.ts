import { styleText } from "node:util";
import { Command } from "commander";
import { OperatorError } from "../core/operator-error.ts";
import { alertsCommand } from "./commands/alerts.ts";
import { backupCommand, backupsCommand, drillCommand, restoreCommand } from "./commands/backup.ts";
import { checkCommand } from "./commands/check.ts";
import { cloudInitCommand } from "./commands/cloud-init.ts";
import { databasesCommand } from "./commands/databases.ts";
import { docsCommand } from "./commands/docs.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { downCommand } from "./commands/down.ts";
import { envCommand } from "./commands/env.ts";
import { explainCommand } from "./commands/explain.ts";
import { hostCommand } from "./commands/host.ts";
import { planCommand } from "./commands/plan.ts";
import { prepareCommand } from "./commands/prepare.ts";
import { secretsCommand } from "./commands/secrets.ts";
import { shipCommand } from "./commands/ship.ts";
import { stateCommand } from "./commands/state.ts";
import { statusCommand } from "./commands/status.ts";
import { testCommand } from "./commands/test.ts";
import { upCommand } from "./commands/up.ts";
import { verifyCommand } from "./commands/verify.ts";
import { handleInterrupts, INTERRUPTED_EXIT, Interrupted } from "./interrupt.ts";
import { OPERATOR_ERROR_EXIT } from "./output.ts";

const COMMANDS = [
  upCommand,
  planCommand,
  downCommand,
  statusCommand,
  verifyCommand,
  explainCommand,
  alertsCommand,
  checkCommand,
  secretsCommand,
  stateCommand,
  backupCommand,
  backupsCommand,
  restoreCommand,
  drillCommand,
  shipCommand,
  hostCommand,
  cloudInitCommand,
  doctorCommand,
  envCommand,
  testCommand,
  docsCommand,
  prepareCommand,
  databasesCommand,
];

/** `restore <backup> [environment]`: every command has options, so none needs to say it. */
function term(command: Command): string {
  const names = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [command.name(), ...names].join(" ");
}

async function main(): Promise<void> {
  const cli = new Command("plimsoll")
    .description("A whole production stack on one 2 GB server, kept afloat.")
    .configureHelp({ subcommandTerm: term })
    .showHelpAfterError("(./plimsoll --help shows the commands)");
  for (const command of COMMANDS) cli.addCommand(command());
  await cli.parseAsync();
}

function fail(error: unknown): void {
  if (error instanceof OperatorError) {
    const mark = styleText("red", "✗", { stream: process.stderr });
    for (const problem of error.problems) process.stderr.write(`${mark} ${problem}\n`);
    process.exitCode = error instanceof Interrupted ? INTERRUPTED_EXIT : OPERATOR_ERROR_EXIT;
    return;
  }
  // A bug of ours: with its stack, and no advice that we do not have.
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}

handleInterrupts();
await main().catch(fail);
