import { mkdir, readdir } from "node:fs/promises";
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
  readonly report: Report;
}

interface ShownPlan {
  readonly resource_changes?: readonly {
    readonly type: string;
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

async function call(run: PlanRun, [file, ...args]: [string, ...string[]], cwd: string) {
  const { exitCode, stdout, stderr } = await execa(file, args, {
    cwd,
    env: variablesOf(run),
    reject: false,
    stdin: "ignore",
  });
  if (exitCode === 0) return stdout;
  throw new OperatorError(
    `plan ${run.environment.name}: ${file} ${args[0]} must succeed, got exit code ${exitCode}; put the cause right and run it again\n${stderr}`,
  );
}

/** A folder of its own: a deploy under way keeps its JSON. */
async function synth(run: PlanRun): Promise<string> {
  const { environment } = run;
  const folder = join(stateFolder(environment), "plan.out");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const command = [process.execPath, cdktfBinary(), "synth", "--output", folder] as const;
  await call(run, [...command], environment.root);
  return join(folder, "stacks");
}

async function changesOf(run: PlanRun, folder: string, stack: string): Promise<ResourceChange[]> {
  const cwd = join(folder, stack);
  const terraform = run.variables["TERRAFORM_BINARY_NAME"] ?? "terraform";
  await call(run, [terraform, "init", "-input=false", "-no-color"], cwd);
  const options = ["-input=false", "-no-color", "-lock=false", `-out=${PLAN_FILE}`];
  await call(run, [terraform, "plan", ...options], cwd);
  const shown = JSON.parse(await call(run, [terraform, "show", "-json", PLAN_FILE], cwd));
  return ((shown as ShownPlan).resource_changes ?? [])
    .filter(({ change }) => change.actions.some((action) => !NOTHING.includes(action)))
    .map(({ type, change }) => ({
      ...{ stack, type, actions: change.actions },
      ...{ before: change.before, after: change.after },
      replacePaths: change.replace_paths ?? [],
    }));
}

/**
 * What an apply would change in every stack of the environment; changes nothing.
 * @throws OperatorError with Terraform's own words
 */
export async function terraformPlan(run: PlanRun): Promise<ResourceChange[]> {
  const folder = await synth(run);
  const stacks = (await readdir(folder)).filter((name) =>
    name.startsWith(`${run.environment.name}-`),
  );
  const changes: ResourceChange[] = [];
  for (const stack of stacks.sort()) {
    run.report.detail(`${stack}: planning`);
    changes.push(...(await changesOf(run, folder, stack)));
  }
  return changes;
}
