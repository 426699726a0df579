import { styleText } from "node:util";
import type { Environment } from "../config/environment.ts";
import { formatMib, MIB } from "../core/units.ts";
import { type ContainerChange, containerChanges } from "./plan/container-change.ts";
import { outageOf } from "./plan/outage.ts";
import { type PlanRun, type ResourceChange, terraformPlan } from "./plan/terraform-plan.ts";

/** What the next `up` would do to one container, and what that costs those who use it. */
export interface PlannedChange extends ContainerChange {
  /** In words; undefined where it costs nothing. */
  readonly outage: string | undefined;
}

export interface PlannedChanges {
  readonly containers: readonly PlannedChange[];
  /** Networks, images, steps of our own: told by Terraform's type and action. */
  readonly others: readonly string[];
  /** Files and settings of the server itself, where the config describes it. */
  readonly server: readonly string[];
}

function otherChange({ stack, type, actions }: ResourceChange): string {
  return `${stack}: ${type} ${actions.join(", ")}`;
}

/**
 * Looks at what the next deploy would change; changes nothing.
 * @param server what an apply of the host bundle would change
 */
export async function plan(run: PlanRun, server: readonly string[]): Promise<PlannedChanges> {
  const changes = await terraformPlan(run);
  return {
    containers: containerChanges(changes).map((change) => ({
      ...change,
      outage: outageOf(run.environment, change),
    })),
    others: changes.filter(({ type }) => type !== "docker_container").map(otherChange),
    server,
  };
}

const SIGNS = { created: "+", replaced: "±", updated: "~", removed: "-" } as const;

function changeText(change: PlannedChange): string[] {
  const head = `${SIGNS[change.kind]} ${change.name} is ${change.kind}`;
  const outage = change.outage ? [`    ${styleText("yellow", change.outage)}`] : [];
  return [head, ...change.differences.map((line) => `    ${line}`), ...outage];
}

function memoryText(containers: readonly PlannedChange[]): string[] {
  const before = containers.reduce((sum, { memoryMib }) => sum + memoryMib.before, 0);
  const after = containers.reduce((sum, { memoryMib }) => sum + memoryMib.after, 0);
  const sign = after > before ? "+" : "-";
  const difference = formatMib(Math.abs(after - before) * MIB);
  return before === after
    ? ["memory limits: no change"]
    : [`memory limits: ${sign}${difference} in sum`];
}

/** For people: each container that changes, how, and what that costs. */
export function planText({ name }: Environment, planned: PlannedChanges): string {
  const { containers, others, server } = planned;
  if (containers.length + others.length + server.length === 0) return `${name}: no changes`;
  const outages = containers.filter(({ outage }) => outage).length;
  return [
    ...containers.flatMap(changeText),
    ...others.map((line) => `  ${line}`),
    ...server.map((line) => `  server: ${line}`),
    "",
    ...memoryText(containers),
    outages === 0 ? "nobody notices" : `${outages} of these changes can be noticed`,
  ].join("\n");
}
