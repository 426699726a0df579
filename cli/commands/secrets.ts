import { buffer } from "node:stream/consumers";
import { Command } from "commander";
import { OperatorError } from "../../core/operator-error.ts";
import { choose, environmentCommand, JSON_OPTION, type TargetOption } from "../choose.ts";
import { inspectTarget } from "../inspect.ts";
import { withLock } from "../lock.ts";
import { print, printJson } from "../output.ts";
import { terminalReport as report } from "../report.ts";
import { type ListedSecret, listSecrets } from "../secrets/list.ts";
import { rotateSecret } from "../secrets/rotate.ts";
import type { SecretsContext } from "../secrets/secret.ts";
import { setSecret } from "../secrets/set.ts";
import { showSecret } from "../secrets/show.ts";
import { knowState } from "../state/know.ts";
import { requireOwnState } from "../state.ts";
import { plainTable } from "../table.ts";

interface ListOption extends TargetOption {
  readonly json?: boolean;
}

async function contextOf(name: string, options: TargetOption): Promise<SecretsContext> {
  const chosen = await choose(name, options);
  await inspectTarget(chosen.environment, chosen.target);
  return { ...chosen, report };
}

function table(secrets: readonly ListedSecret[]): string {
  const rows = secrets.map(({ service, file, from, writtenAt }) => [
    `${service}/${file}`,
    from,
    writtenAt ?? "missing",
  ]);
  return plainTable(rows, { head: ["secret", "from", "written (UTC)"] });
}

async function list(name: string, options: ListOption): Promise<void> {
  const secrets = await listSecrets(await contextOf(name, options));
  if (options.json) printJson(secrets);
  else print(table(secrets));
}

/** One change at a time, and only to what this state made. */
async function change(context: SecretsContext, work: () => Promise<void>): Promise<void> {
  await knowState(context.environment, context.target, report);
  await withLock(context.environment, async () => {
    await requireOwnState(context.environment, context.target);
    await work();
  });
}

async function set(secret: string, name: string, options: TargetOption): Promise<void> {
  const context = await contextOf(name, options);
  const value = await buffer(process.stdin);
  await change(context, () => setSecret(context, secret, value));
}

async function rotate(secret: string, name: string, options: TargetOption): Promise<void> {
  const context = await contextOf(name, options);
  await change(context, () => rotateSecret(context, secret));
}

/** Where it would stay on the screen and in what a terminal keeps, it is not printed. */
async function show(secret: string, name: string, options: TargetOption): Promise<void> {
  if (process.stdout.isTTY) {
    throw new OperatorError(
      `secret ${secret}: must go into a file or a program, got a terminal; add >FILE, or pipe it into your password manager`,
    );
  }
  print(await showSecret(await contextOf(name, options), secret));
}

const SECRET = ["<secret>", "service/name, as list shows it"] as const;

export function secretsCommand(): Command {
  return new Command("secrets")
    .description(
      "lists, sets and rotates the secrets on the target; shows none but the key to copies elsewhere",
    )
    .addCommand(
      environmentCommand("list", "every secret, where it is from and how old it is")
        .option(...JSON_OPTION)
        .action(list),
    )
    .addCommand(
      environmentCommand("set", "writes a secret of your own, read from stdin", SECRET).action(set),
    )
    .addCommand(
      environmentCommand("rotate", "makes a secret anew and restarts who reads it", SECRET).action(
        rotate,
      ),
    )
    .addCommand(
      environmentCommand(
        "show",
        "prints the key to copies of backups elsewhere, for safekeeping",
        SECRET,
      ).action(show),
    );
}
