import { styleText } from "node:util";
import type { Environment } from "../config/environment.ts";
import type { Away } from "../core/outage.ts";
import { formatMib, MIB, toMib } from "../core/units.ts";
import type { FoundContainer } from "./containers.ts";
import { type ContainerChange, containerChanges } from "./plan/container-change.ts";
import { type Cost, costOf } from "./plan/cost.ts";
import { type ServerChange, serverChange } from "./plan/server-change.ts";
import { type PlanRun, type ResourceChange, terraformPlan } from "./plan/terraform-plan.ts";

/** What the next `up` would do to one container, and what that costs those who use it. */
export interface PlannedChange extends ContainerChange {
  /** Undefined where it costs nothing. */
  readonly cost: Cost | undefined;
}

/** A change that interrupts the service. */
export interface Outage {
  /** The container, or the server. */
  readonly who: string;
  readonly words: string;
  readonly isServer: boolean;
  /** Undefined where it does not come back, and where nobody has measured it. */
  readonly away: Away | undefined;
}

export interface PlannedChanges {
  readonly containers: readonly PlannedChange[];
  /** Networks, images, steps of our own: told by Terraform's type and action. */
  readonly others: readonly string[];
  /** Files and settings of the server itself, where the config describes it. */
  readonly server: readonly ServerChange[];
  readonly outages: readonly Outage[];
}

/** What Terraform cannot see. */
export interface SeenOnTarget {
  /** Containers that the config no longer has. */
  readonly retired: readonly FoundContainer[];
  /** What an apply of the host bundle would change. */
  readonly server: readonly string[];
}

function otherChange({ stack, type, actions }: ResourceChange): string {
  return `${stack}: ${type} ${actions.join(", ")}`;
}

function retirement({ name, limitBytes }: FoundContainer): ContainerChange {
  const memoryMib = { before: toMib(limitBytes), after: 0 };
  return { name, kind: "removed", differences: [], memoryMib, stopGraceMs: undefined };
}

/** A store that was taken out is seen by both. */
function allContainers(
  planned: readonly ContainerChange[],
  retired: readonly FoundContainer[],
): ContainerChange[] {
  const unseen = retired.filter(({ name }) => !planned.some((one) => one.name === name));
  return [...planned, ...unseen.map(retirement)];
}

/** What `HostLayer` calls the step that takes the server's settings back. */
const HOST_REMOVAL = /^server_removal_/;

function serverOutages(changes: readonly ResourceChange[]): Outage[] {
  return changes
    .filter(({ name, actions }) => HOST_REMOVAL.test(name) && actions.includes("delete"))
    .map(() => ({
      who: "the server",
      words: "gives its settings back: Docker restarts, and every container with it",
      ...{ isServer: true, away: undefined },
    }));
}

function outagesOf(containers: readonly PlannedChange[]): Outage[] {
  return containers.flatMap(({ name, cost }) =>
    cost?.isOutage ? [{ who: name, words: cost.words, isServer: false, away: cost.away }] : [],
  );
}

function namesOf(changes: readonly ContainerChange[], wanted: ContainerChange["kind"]) {
  return new Set(changes.filter(({ kind }) => kind === wanted).map(({ name }) => name));
}

/** What Terraform's changes, and what it cannot see, mean to those who use the service. */
export function plannedChanges(
  environment: Environment,
  changes: readonly ResourceChange[],
  { retired, server }: SeenOnTarget,
): PlannedChanges {
  const found = allContainers(containerChanges(changes), retired);
  const same = { created: namesOf(found, "created"), replaced: namesOf(found, "replaced") };
  const containers = found.map((change) => ({
    ...change,
    cost: costOf(environment, change, same),
  }));
  return {
    containers,
    others: changes.filter(({ type }) => type !== "docker_container").map(otherChange),
    server: server.map(serverChange),
    outages: [...outagesOf(containers), ...serverOutages(changes)],
  };
}

/** Looks at what the next deploy would change; changes nothing. */
export async function plan(run: PlanRun, seen: SeenOnTarget): Promise<PlannedChanges> {
  return plannedChanges(run.environment, await terraformPlan(run), seen);
}

const SIGNS = { created: "+", replaced: "±", updated: "~", removed: "-" } as const;

function changeText({ kind, name, differences, cost }: PlannedChange): string[] {
  const head = `${SIGNS[kind]} ${name} is ${kind}`;
  const words = cost ? [cost.isOutage ? styleText("yellow", cost.words) : cost.words] : [];
  return [head, ...[...differences, ...words].map((line) => `    ${line}`)];
}

function serverText({ setting, effect }: ServerChange): string[] {
  return [`  server: ${setting}`, ...(effect ? [`    ${effect}`] : [])];
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
  const { containers, others, server, outages } = planned;
  if (containers.length + others.length + server.length === 0) return `${name}: no changes`;
  return [
    ...containers.flatMap(changeText),
    ...others.map((line) => `  ${line}`),
    ...server.flatMap(serverText),
    ...outages
      .filter(({ isServer }) => isServer)
      .map(({ who, words }) => styleText("yellow", `${who} ${words}`)),
    "",
    ...memoryText(containers),
    outages.length === 0 ? "nobody notices" : `${outages.length} of these changes can be noticed`,
  ].join("\n");
}
