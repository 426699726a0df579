import { type Environment, planOf } from "../config/environment.ts";
import { OperatorError } from "../core/operator-error.ts";
import { MINUTE_MS, SECOND_MS } from "../core/units.ts";
import { type HostBundle, hostBundle } from "../stacks/host-bundle.ts";
import { causeOf } from "./cause.ts";
import type { Report } from "./report.ts";
import { openTarget, type Target } from "./target.ts";

/** Docker's packages over a slow line, on a slow disk. */
const APPLY_WITHIN_MS = 20 * MINUTE_MS;
/** Beyond it apt takes a release file for one of the future, and certificates are not valid. */
const CLOCK_OFF_MAX_MS = 5 * MINUTE_MS;
const KEPT_BUNDLE = "/var/lib/plimsoll/host/current.sh";
/** The program's own word for "an apply would change something". */
const CHANGES_EXIT = 1;
const REFUSED_EXIT = 3;

/** Runs $0 with the arguments as root. */
const AS_ROOT = `if [ "$(id -u)" = 0 ]; then exec sh -c "$0" sh "$@"; else exec sudo -n -- sh -c "$0" sh "$@"; fi`;
/** A file, since what it starts may read the program's input. */
const STORE_AND_RUN = `set -eu
umask 077
mkdir -p /run/plimsoll
find /run/plimsoll -name 'host-*.sh' -mmin +60 -delete
file=/run/plimsoll/host-$$.sh
cat >"$file"
exec sh "$file" "$@"`;
const RUN_KEPT = `[ ! -f ${KEPT_BUNDLE} ] || exec sh ${KEPT_BUNDLE} "$@"`;

type Verb = "--apply" | "--check" | "--read" | "--confirm" | "--rollback" | "--remove";

function explained({ name }: Target, output: string): OperatorError {
  if (/sudo: /.test(output)) {
    return new OperatorError(
      `target ${name}: the host stack needs root, got a user who may not use sudo without a password; log in as root or allow it in sudoers`,
    );
  }
  const cause = causeOf(output);
  return new OperatorError(cause ? `target ${name}: ${cause}` : output.trim().split("\n"));
}

interface Call {
  readonly verb: Verb;
  /** @default none */
  readonly options?: readonly string[];
  /** The program; undefined runs the one that the server keeps. */
  readonly script?: string;
  /** Gets each line as it comes. */
  readonly hear?: (line: string) => void;
}

/** The program's own words for what the operator can put right. */
function failure(target: Target, exitCode: number | undefined, output: string): Error {
  if (exitCode === REFUSED_EXIT || /sudo: /.test(output)) return explained(target, output);
  return new Error(`the host bundle ended with ${exitCode} on ${target.name}: ${output}`);
}

/**
 * Runs the bundle on the server.
 * @returns its lines
 * @throws OperatorError with what stands in the way
 */
async function call(
  target: Target,
  { verb, options = [], script, hear = () => undefined }: Call,
): Promise<string[]> {
  const program = script === undefined ? RUN_KEPT : STORE_AND_RUN;
  const run = target.run(["sh", "-c", AS_ROOT, program, verb, ...options], {
    ...{ reject: false, timeout: APPLY_WITHIN_MS, input: script ?? "" },
  });
  const lines: string[] = [];
  for await (const line of run.iterable()) {
    lines.push(String(line));
    hear(String(line));
  }
  const { exitCode, stderr } = await run;
  const changes = verb === "--check" && exitCode === CHANGES_EXIT;
  if (exitCode !== 0 && !changes) throw failure(target, exitCode, `${stderr}`);
  return lines;
}

async function requireClock({ name }: Environment, target: Target): Promise<void> {
  const { stdout, stderr, exitCode } = await target.run(["date", "+%s"], {
    reject: false,
    timeout: MINUTE_MS,
  });
  if (exitCode !== 0) throw explained(target, String(stderr));
  const offMs = Math.abs(Number(stdout) * SECOND_MS - Date.now());
  if (offMs <= CLOCK_OFF_MAX_MS) return;
  throw new OperatorError(
    `environments.${name}.host: the clock of ${target.name} must be right within ${CLOCK_OFF_MAX_MS / MINUTE_MS} min, ` +
      `got ${Math.round(offMs / SECOND_MS)} s off; set it there (date --set=@SECONDS)`,
  );
}

interface Confirmed {
  readonly environment: Environment;
  readonly apply: (hear: (line: string) => void) => Promise<unknown>;
  readonly report: Report;
}

/**
 * Tells what an apply says, and lets the door's settings stay where a new connection comes in, even if something else
 * was refused after them.
 */
async function confirmed({ environment, apply, report }: Confirmed): Promise<void> {
  let isAsked = false;
  try {
    await apply((line) => {
      if (line === "confirm") isAsked = true;
      else report.detail(line);
    });
  } finally {
    if (isAsked) {
      await confirm(environment);
      report.detail("a new ssh connection came in: ssh and firewall stay");
    }
  }
}

/** As if from outside: the connection that is open already would prove nothing. */
async function confirm({ target, sshOptions }: Environment): Promise<void> {
  const fresh = openTarget(target, ["-oControlMaster=no", "-oControlPath=none", ...sshOptions]);
  await call(fresh, { verb: "--confirm" });
}

function bundleOf(environment: Environment): HostBundle | undefined {
  return hostBundle(environment, planOf(environment));
}

/**
 * Makes the server what the config says; does nothing where it says nothing. Safe to repeat at any point.
 * @throws OperatorError with what stands in the way; nothing was changed then, or a repetition goes on from there
 */
export async function applyHost(
  environment: Environment,
  target: Target,
  report: Report,
): Promise<void> {
  const bundle = bundleOf(environment);
  if (!bundle) return;
  await requireClock(environment, target);
  const { script } = bundle;
  const apply = (hear: (line: string) => void) => call(target, { verb: "--apply", script, hear });
  await confirmed({ environment, apply, report });
}

/** What an apply would change, one line each. */
export async function checkHost(environment: Environment, target: Target): Promise<string[]> {
  const bundle = bundleOf(environment);
  if (!bundle) return [];
  return call(target, { verb: "--check", script: bundle.script });
}

/** Everything that is in force on the server: kind, place and value, tab-separated. */
export async function readHost(target: Target, { script }: HostBundle): Promise<string> {
  return (await call(target, { verb: "--read", script })).join("\n");
}

/** Takes back what the server was made, with the program that did it. */
export async function removeHost(target: Target, report: Report): Promise<void> {
  await call(target, { verb: "--remove", hear: (line) => report.detail(line) });
}

/** What a removal leaves unless it is asked for. */
export interface HostRest {
  readonly swap: boolean;
  /** What an apply has installed, Docker among it. */
  readonly packages: boolean;
}

/**
 * Takes back what a removal leaves.
 * @throws OperatorError with who still needs it; nothing was changed then
 */
export async function removeHostRest(
  target: Target,
  report: Report,
  { bundle, swap, packages }: HostRest & { readonly bundle: HostBundle },
): Promise<void> {
  const options = [...(swap ? ["--swap"] : []), ...(packages ? ["--packages"] : [])];
  const hear = (line: string) => report.detail(line);
  await call(target, { verb: "--remove", options, script: bundle.script, hear });
}

/** Applies what was in force before. */
export async function rollBackHost(
  environment: Environment,
  target: Target,
  report: Report,
): Promise<void> {
  const apply = (hear: (line: string) => void) => call(target, { verb: "--rollback", hear });
  await confirmed({ environment, apply, report });
}
