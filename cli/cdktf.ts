import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import type { Environment } from "../config/environment.ts";
import { OperatorError } from "../core/operator-error.ts";
import { stackNames } from "../stacks/stack-names.ts";
import { stateFolder } from "../stacks/target-record.ts";
import { deployLines } from "./deploy-line.ts";
import { Interrupted, interruptible } from "./interrupt.ts";
import type { Report } from "./report.ts";
import { lockHolder, lockProblem } from "./state/lock-holder.ts";

export interface CdktfRun {
  readonly environment: Environment;
  readonly action: "deploy" | "destroy";
  /** Takes the JSON that lies in `synthFolder`. @default false: synthesized anew */
  readonly isSynthesized?: boolean;
  /** What Terraform needs on this machine, from the set-up. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
}

const LINES_OF_ERROR = 60;
/** Whoever only looks at a state, or asks who holds its lock, has given it back by then. */
const LOCK_TIMEOUT = "-lock-timeout=20s";

/** The `cdktf` of this project. */
export function cdktfBinary(): string {
  const manifest = createRequire(import.meta.url).resolve("cdktf-cli/package.json");
  return join(manifest, "..", "bundle", "bin", "cdktf");
}

const withTimeout = (name: string) => ({
  [name]: [process.env[name], LOCK_TIMEOUT].filter(Boolean).join(" "),
});

/** What cdktf and Terraform are told for one environment. */
export function variablesOf({
  environment,
  variables,
}: Pick<CdktfRun, "environment" | "variables">): Record<string, string | undefined> {
  return {
    ...variables,
    PLIMSOLL_ENVIRONMENT: environment.name,
    // The steps inside the apply read the config again and must see this run's target.
    PLIMSOLL_TARGET: environment.target,
    PLIMSOLL_SSH_OPTIONS: environment.sshOptions.join(" "),
    ...withTimeout("TF_CLI_ARGS_apply"),
    ...withTimeout("TF_CLI_ARGS_destroy"),
    CI: "true",
    FORCE_COLOR: "0",
  };
}

/** Where a deploy has its synthesized JSON; to be changed only by who holds the environment's lock. */
export function synthFolder(environment: Environment): string {
  return join(stateFolder(environment), "cdktf.out");
}

function start(run: CdktfRun) {
  const { environment, action, isSynthesized } = run;
  const args = [
    ...[cdktfBinary(), action, `${environment.name}-*`, "--auto-approve"],
    ...["--output", synthFolder(environment), ...(isSynthesized ? ["--skip-synth"] : [])],
  ];
  return execa(process.execPath, args, {
    cwd: environment.root,
    env: variablesOf(run),
    all: true,
    buffer: false,
    reject: false,
    stdin: "ignore",
    // Out of the terminal's reach: Ctrl-C is ours to pass on.
    detached: true,
  });
}

interface Followed {
  /** The last lines. */
  readonly tail: readonly string[];
  /** The stacks that Terraform came to the end of. */
  readonly ended: ReadonlySet<string>;
}

/** Writes every line to the log and the news to the report. */
async function follow(
  output: Readable,
  log: Writable,
  { environment, report }: CdktfRun,
): Promise<Followed> {
  const tail: string[] = [];
  const ended = new Set<string>();
  const short = deployLines(environment.name);
  for await (const raw of createInterface({ input: output })) {
    const line = stripVTControlCharacters(raw).trimEnd();
    log.write(`${line}\n`);
    tail.push(line);
    if (tail.length > LINES_OF_ERROR) tail.shift();
    const news = short(line);
    if (news?.text) report.detail(news.text);
    if (news?.ended) ended.add(news.ended);
  }
  log.end();
  return { tail, ended };
}

/**
 * Runs `cdktf deploy` or `destroy` for all stacks of an environment.
 * @throws OperatorError with Terraform's own words; Interrupted after Ctrl-C
 */
export async function runCdktf(run: CdktfRun): Promise<void> {
  const { environment, action } = run;
  const folder = stateFolder(environment);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const log = join(folder, `${action}.log`);
  const child = start(run);
  let followed: Followed = { tail: [], ended: new Set() };
  const interrupted = await interruptible(child.pid as number, async () => {
    followed = await follow(child.all, createWriteStream(log, { mode: 0o600 }), run);
    await child;
  });
  if (interrupted) throw new Interrupted(action === "deploy" ? "up" : "down", environment.name);
  const { exitCode, signal } = await child;
  // cdktf takes a Terraform that was killed for one that is done, and exits with 0.
  const cut = stackNames(environment).filter((stack) => !followed.ended.has(stack));
  if (exitCode === 0 && cut.length === 0) return;
  throw failure(run, { tail: followed.tail, log, end: endOf({ exitCode, signal, cut }) });
}

interface End {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly cut: readonly string[];
}

function endOf({ exitCode, signal, cut }: End): string {
  if (signal) return `ended by ${signal}`;
  return exitCode === 0 ? `Terraform was ended in ${cut.join(", ")}` : "did not finish";
}

interface Failure {
  readonly tail: readonly string[];
  readonly log: string;
  /** How it ended. */
  readonly end: string;
}

/** cdktf puts the stack's name in front of the first line of what Terraform says at once. */
function lockedProblem(environment: Environment, tail: readonly string[]): string[] {
  const { name } = environment;
  const holder = lockHolder(tail.join("\n"));
  if (!holder) return [];
  const at = tail.findIndex((line) => /Error acquiring the state lock/.test(line));
  const named = new RegExp(`^(${name}-[\\w-]+) {2}`);
  const names = tail.slice(0, at + 1).flatMap((line) => named.exec(line)?.[1] ?? []);
  const stack = names.at(-1) ?? name;
  const folder = join(stateFolder(environment), "cdktf.out", "stacks", stack);
  return [lockProblem({ environment: name, stack, holder, folder })];
}

function failure({ action, environment }: CdktfRun, { tail, log, end }: Failure): OperatorError {
  const locked = lockedProblem(environment, tail);
  if (locked.length > 0) return new OperatorError(locked);
  const first = tail.findIndex((line) => /Error: /.test(line));
  const excerpt = tail.slice(Math.max(0, first)).filter((line) => line.trim() !== "");
  return new OperatorError([
    `${action} ${environment.name}: ${end}; what was applied is kept, put the cause right and run it again (log: ${log})`,
    excerpt.join("\n"),
  ]);
}
