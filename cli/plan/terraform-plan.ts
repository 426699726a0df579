import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Environment } from "../../config/environment.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { stateFolder } from "../../stacks/target-record.ts";
import { cdktfBinary, variablesOf } from "../cdktf.ts";
import type { Report } from "../report.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** One resource that an apply would change, as `terraform show -json` tells it. */
export interface ResourceChange {
  readonly stack: string;
  readonly type: string;
  /** Terraform's: the construct's path and a hash. */
  readonly name: string;
  readonly actions: readonly string[];
  readonly before: Attributes | null;
  readonly after: Attributes | null;
  /** Paths of the attributes that force a replacement. */
  readonly replacePaths: readonly (readonly (string | number)[])[];
}

export interface PlanRun {
  readonly environment: Environment;
  /** What Terraform needs on this machine, from the set-up. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /**
   * Absolute path of the folder for the synthesized JSON.
   * @default one of its own: a deploy under way keeps its JSON
   */
  readonly folder?: string;
  readonly report: Report;
}

interface ShownPlan {
  readonly resource_changes?: readonly {
    readonly type: string;
    readonly name: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly before: Attributes | null;
      readonly after: Attributes | null;
      readonly replace_paths?: readonly (readonly (string | number)[])[];
    };
  }[];
}

const PLAN_FILE = "plan.bin";
const NOTHING = ["no-op", "read"];
/** Of `terraform plan -detailed-exitcode`. */
const CHANGES_EXIT = 2;

type Command = readonly [file: string, verb: string, ...args: string[]];

/** @throws OperatorError with its own words where it fails */
async function call(run: PlanRun, [file, ...args]: Command, cwd: string) {
  const env = variablesOf(run);
  const { exitCode, stdout, stderr } = await execa(file, args, {
    ...{ cwd, env, reject: false, stdin: "ignore" },
  });
  const isFine = exitCode === 0 || (args[0] === "plan" && exitCode === CHANGES_EXIT);
  if (isFine) return { exitCode, stdout };
  throw new OperatorError(
    `plan ${run.environment.name}: ${file} ${args[0]} must succeed, got exit code ${exitCode}; put the cause right and run it again\n${stderr}`,
  );
}

async function synth(run: PlanRun): Promise<string> {
  const { environment, folder = join(stateFolder(environment), "plan.out") } = run;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await call(run, [process.execPath, cdktfBinary(), "synth", "--output", folder], environment.root);
  return folder;
}

async function changesOf(run: PlanRun, cwd: string, stack: string): Promise<ResourceChange[]> {
  const terraform = run.variables["TERRAFORM_BINARY_NAME"] ?? "terraform";
  await call(run, [terraform, "init", "-input=false", "-no-color"], cwd);
  const options = ["-input=false", "-no-color", "-lock=false", "-detailed-exitcode"];
  const planned = await call(run, [terraform, "plan", ...options, `-out=${PLAN_FILE}`], cwd);
  if (planned.exitCode === 0) return [];
  const { stdout } = await call(run, [terraform, "show", "-json", PLAN_FILE], cwd);
  return ((JSON.parse(stdout) as ShownPlan).resource_changes ?? [])
    .filter(({ change }) => change.actions.some((action) => !NOTHING.includes(action)))
    .map(({ type, name, change }) => ({
      ...{ stack, type, name, actions: change.actions },
      ...{ before: change.before, after: change.after },
      replacePaths: change.replace_paths ?? [],
    }));
}

interface SynthesizedStack {
  readonly name: string;
  readonly dependencies: readonly string[];
}

/** The stacks of the synthesized code, in the order of a deploy. */
async function stacksIn(folder: string): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
  const rest = Object.values((manifest as { stacks: Record<string, SynthesizedStack> }).stacks);
  const ordered: string[] = [];
  while (rest.length > 0) {
    const at = rest.findIndex((one) => one.dependencies.every((name) => ordered.includes(name)));
    ordered.push(...rest.splice(at, 1).map(({ name }) => name));
  }
  return ordered;
}

function news(stack: string, { length }: readonly ResourceChange[]): string {
  if (length === 0) return `${stack}: no changes`;
  return `${stack}: ${length} ${length === 1 ? "change" : "changes"}`;
}

/**
 * What an apply would change in every stack of the environment; changes nothing.
 * @throws OperatorError with Terraform's own words
 */
export async function terraformPlan(run: PlanRun): Promise<ResourceChange[]> {
  const folder = await synth(run);
  const changes: ResourceChange[] = [];
  for (const stack of await stacksIn(folder)) {
    const found = await changesOf(run, join(folder, "stacks", stack), stack);
    run.report.detail(news(stack, found));
    changes.push(...found);
  }
  return changes;
}
