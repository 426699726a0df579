import type { Environment } from "../config/environment.ts";
import { containerName } from "../core/names.ts";
import type { TargetRecord } from "../stacks/target-record.ts";
import { synthFolder } from "./cdktf.ts";
import { confirm } from "./confirm.ts";
import { type FoundContainer, ownContainers } from "./containers.ts";
import { inspectTarget } from "./inspect.ts";
import { type Outage, type PlannedChanges, plan } from "./plan.ts";
import { preflight } from "./preflight.ts";
import type { Report } from "./report.ts";
import { retiredContainers } from "./state.ts";
import type { Target } from "./target.ts";

export interface AgreeOptions {
  readonly environment: Environment;
  readonly target: Target;
  /** What Terraform needs on this machine, from the set-up. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
}

/** What the operator agrees to, and what was known of the target when it was planned. */
export interface Agreed {
  readonly changes: PlannedChanges;
  readonly record: TargetRecord;
}

function isServing({ state, health }: FoundContainer): boolean {
  return state === "running" && (health === "healthy" || health === "none");
}

/** Names of the containers that do their work now. */
async function servingNames({ environment, target }: AgreeOptions): Promise<Set<string>> {
  // Nobody is served where there is no Docker yet; whoever needs it tells what else is wrong.
  const found = await ownContainers(target, environment).catch(() => []);
  return new Set(found.filter(isServing).map(({ name }) => name));
}

async function confirmOutages(
  { environment, target, report }: AgreeOptions,
  outages: readonly Outage[],
): Promise<void> {
  if (outages.length === 0) return;
  for (const { who, words } of outages) report.warn(`${who} ${words}`);
  const changes =
    outages.length === 1 ? "a change interrupts" : `${outages.length} changes interrupt`;
  await confirm(`up ${environment.name}: ${changes} the service on ${target.name}`, "y");
}

/**
 * Plans the next deploy of an environment that is up, tells what it interrupts, and asks.
 * @returns undefined where nobody is served, so that there is nothing to agree to
 * @throws OperatorError when the operator does not agree, or cannot be asked; nothing was changed then
 */
export async function agree(options: AgreeOptions): Promise<Agreed | undefined> {
  const { environment, target, variables, report } = options;
  const serving = await servingNames(options);
  if (!serving.has(containerName(environment, "nginx"))) return undefined;
  const record = await inspectTarget(environment, target);
  await preflight(environment, target);
  report.step(`planning the changes of ${environment.name}`);
  const changes = await plan(
    { environment, variables, folder: synthFolder(environment), report },
    { retired: await retiredContainers(environment, target), server: [] },
  );
  // What is ill, or has ended, cannot be interrupted.
  const outages = changes.outages.filter(({ who, isServer }) => isServer || serving.has(who));
  await confirmOutages(options, outages);
  return { changes, record };
}
