import type { Command } from "commander";
import { MIB } from "../../core/units.ts";
import type { Deployment } from "../../stacks/deployment.ts";
import { deploymentOf } from "../../stacks/deployment-of.ts";
import type { Backup, Backups } from "../backup/backups.ts";
import { backUp, drill, listBackups, restore } from "../backup.ts";
import { choose, environmentCommand, JSON_OPTION, type TargetOption } from "../choose.ts";
import { confirm } from "../confirm.ts";
import { inspectTarget } from "../inspect.ts";
import { print, printJson } from "../output.ts";
import { terminalReport as report } from "../report.ts";
import { plainTable } from "../table.ts";
import type { Target } from "../target.ts";

interface JsonOption extends TargetOption {
  readonly json?: boolean;
}

interface DrillOption extends TargetOption {
  readonly backup: string;
}

interface RestoreOption extends TargetOption {
  readonly yes?: boolean;
}

async function jobOf(
  name: string,
  options: TargetOption,
): Promise<{ deployment: Deployment; target: Target }> {
  const { environment, target } = await choose(name, options);
  await inspectTarget(environment, target);
  return { deployment: deploymentOf(environment), target };
}

const mib = ({ sizeBytes }: Backup) => (sizeBytes / MIB).toFixed(1);

async function runBackup(name: string, options: JsonOption): Promise<void> {
  const { deployment, target } = await jobOf(name, options);
  report.step(`dumping the databases of ${name} on ${target.name}`);
  const backup = await backUp(deployment, target);
  if (options.json) printJson(backup);
  else report.done(`backup ${backup.name} is on ${target.name}, ${mib(backup)} MiB`);
}

function table({ backups, drilledAt }: Backups): string {
  const rows = plainTable(
    backups.map((backup) => [backup.name, mib(backup)]),
    { head: ["backup (UTC)", "MiB"], align: "lr" },
  );
  return `${rows}\n\n${drilledAt ? `a drill passed at ${drilledAt}` : "no drill has passed yet; ./plimsoll drill"}`;
}

async function runBackups(name: string, options: JsonOption): Promise<void> {
  const { deployment, target } = await jobOf(name, options);
  const found = await listBackups(deployment, target);
  if (options.json) printJson(found);
  else print(table(found));
}

async function runRestore(backup: string, name: string, options: RestoreOption): Promise<void> {
  const { deployment, target } = await jobOf(name, options);
  const question = `restore ${backup}: replaces the databases of ${name} on ${target.name}`;
  if (!options.yes) await confirm(question, name);
  report.step(`restoring ${backup} beside the databases of ${name}, then switching`);
  const restored = await restore(deployment, target, backup);
  for (const { database, before } of restored) {
    report.done(`${database} is restored; what was there is now ${before}, until you drop it`);
  }
}

async function runDrill(name: string, options: DrillOption): Promise<void> {
  const { deployment, target } = await jobOf(name, options);
  report.step(`restoring backup ${options.backup} into a throw-away server on ${target.name}`);
  const backup = await drill(deployment, target, options.backup);
  report.done(`backup ${backup} restores, with every row it was dumped with`);
}

export function backupCommand(): Command {
  return environmentCommand("backup", "dumps the databases on the target, checksummed and rotated")
    .option(...JSON_OPTION)
    .action(runBackup);
}

export function backupsCommand(): Command {
  return environmentCommand("backups", "the backups on the target, and when a drill last passed")
    .option(...JSON_OPTION)
    .action(runBackups);
}

export function restoreCommand(): Command {
  return environmentCommand("restore", "puts a backup in the place of the databases", [
    "<backup>",
    "its name, as backups shows it, or latest",
  ])
    .option("--yes", "without asking")
    .action(runRestore);
}

export function drillCommand(): Command {
  return environmentCommand("drill", "restores a backup into a throw-away server and compares")
    .option("--backup <name>", "its name, as backups shows it", "latest")
    .action(runDrill);
}
