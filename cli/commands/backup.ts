import type { Command } from "commander";
import { offsiteOf } from "../../config/environment.ts";
import { MIB } from "../../core/units.ts";
import type { Deployment } from "../../stacks/deployment.ts";
import { deploymentOf } from "../../stacks/deployment-of.ts";
import type { Backup, Backups } from "../backup/backups.ts";
import { backUp, drill, listBackups, restore } from "../backup.ts";
import { choose, environmentCommand, JSON_OPTION, type TargetOption } from "../choose.ts";
import { confirm } from "../confirm.ts";
import { inspectTarget } from "../inspect.ts";
import { checkOffsite, copyOffsite, fetchOffsite, listOffsite } from "../offsite.ts";
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

interface OffsiteOption extends JsonOption {
  readonly offsite?: boolean;
}

interface RestoreOption extends TargetOption {
  readonly yes?: boolean;
  readonly offsite?: boolean;
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
  report.done(`backup ${backup.name} is on ${target.name}, ${mib(backup)} MiB`);
  const repository = offsiteOf(deployment.environment)?.repository;
  if (repository) {
    report.step(`copying it to ${repository}`);
    await copyOffsite(deployment, target);
    report.done(`backup ${backup.name} is in ${repository} too`);
  }
  if (options.json) printJson({ ...backup, ...(repository && { offsite: repository }) });
}

function listed(backups: readonly Backup[]): string {
  return plainTable(
    backups.map((backup) => [backup.name, mib(backup)]),
    { head: ["backup (UTC)", "MiB"], align: "lr" },
  );
}

function table({ backups, drilledAt, copied }: Backups): string {
  return [
    `${listed(backups)}\n`,
    drilledAt ? `a drill passed at ${drilledAt}` : "no drill has passed yet; ./plimsoll drill",
    ...(copied ? [`the newest copy elsewhere is ${copied}; --offsite shows all`] : []),
  ].join("\n");
}

async function runBackups(name: string, options: OffsiteOption): Promise<void> {
  const { deployment, target } = await jobOf(name, options);
  if (options.offsite) {
    const copies = await listOffsite(deployment, target);
    if (options.json) printJson(copies);
    else print(listed(copies));
    return;
  }
  const found = await listBackups(deployment, target);
  if (options.json) printJson(found);
  else print(table(found));
}

/** @returns the name of the backup, which is on the target then */
async function fetchCopy(deployment: Deployment, target: Target, asked: string): Promise<string> {
  report.step(`fetching ${asked} from elsewhere`);
  const backup = await fetchOffsite(deployment, target, asked);
  report.done(`backup ${backup} is on ${target.name}`);
  return backup;
}

async function runRestore(asked: string, name: string, options: RestoreOption): Promise<void> {
  const { deployment, target } = await jobOf(name, options);
  const question = `restore ${asked}: replaces the databases of ${name} on ${target.name}`;
  if (!options.yes) await confirm(question, name);
  const backup = options.offsite ? await fetchCopy(deployment, target, asked) : asked;
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
  const repository = offsiteOf(deployment.environment)?.repository;
  if (!repository) return;
  report.step(`reading the newest copy in ${repository} back`);
  const copy = await checkOffsite(deployment, target);
  report.done(`${repository} is sound, and its backup ${copy} as it was dumped`);
}

export function backupCommand(): Command {
  return environmentCommand("backup", "dumps the databases on the target, checksummed and rotated")
    .option(...JSON_OPTION)
    .action(runBackup);
}

export function backupsCommand(): Command {
  return environmentCommand("backups", "the backups on the target, and when a drill last passed")
    .option(...JSON_OPTION)
    .option("--offsite", "those that are copied elsewhere")
    .action(runBackups);
}

export function restoreCommand(): Command {
  return environmentCommand("restore", "puts a backup in the place of the databases", [
    "<backup>",
    "its name, as backups shows it, or latest",
  ])
    .option("--yes", "without asking")
    .option("--offsite", "from where the backups are copied to")
    .action(runRestore);
}

export function drillCommand(): Command {
  return environmentCommand("drill", "restores a backup into a throw-away server and compares")
    .option("--backup <name>", "its name, as backups shows it", "latest")
    .action(runDrill);
}
