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
import { stateFolder } from "../stacks/target-record.ts";
import { deployLines } from "./deploy-line.ts";
import { Interrupted, interruptible } from "./interrupt.ts";
import type { Report } from "./report.ts";

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

/** The `cdktf` of this project. */
export function cdktfBinary(): string {
  const manifest = createRequire(import.meta.url).resolve("cdktf-cli/package.json");
  return join(manifest, "..", "bundle", "bin", "cdktf");
}

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

/** Writes every line to the log and the news to the report. @returns the last lines */
async function follow(
  output: Readable,
  log: Writable,
  { environment, report }: CdktfRun,
): Promise<string[]> {
  const tail: string[] = [];
  const short = deployLines(environment.name);
  for await (const raw of createInterface({ input: output })) {
    const line = stripVTControlCharacters(raw).trimEnd();
    log.write(`${line}\n`);
    tail.push(line);
    if (tail.length > LINES_OF_ERROR) tail.shift();
    const news = short(line);
    if (news) report.detail(news);
  }
  log.end();
  return tail;
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
  let tail: string[] = [];
  const interrupted = await interruptible(child.pid as number, async () => {
    tail = await follow(child.all, createWriteStream(log, { mode: 0o600 }), run);
    await child;
  });
  if (interrupted) throw new Interrupted(action === "deploy" ? "up" : "down", environment.name);
  const { exitCode, signal } = await child;
  if (exitCode !== 0) throw failure(run, { tail, log, signal });
}

interface Failure {
  readonly tail: readonly string[];
  readonly log: string;
  readonly signal: string | undefined;
}

function failure({ action, environment }: CdktfRun, { tail, log, signal }: Failure): OperatorError {
  const first = tail.findIndex((line) => /Error: /.test(line));
  const excerpt = tail.slice(Math.max(0, first)).filter((line) => line.trim() !== "");
  const what = signal ? `ended by ${signal}` : "did not finish";
  return new OperatorError([
    `${action} ${environment.name}: ${what}; what was applied is kept, put the cause right and run it again (log: ${log})`,
    excerpt.join("\n"),
  ]);
}
