import type { Figure } from "./figure.ts";
import { violations } from "./invariants.ts";
import { Leaves } from "./leaves.ts";
import { memoryFigures } from "./memory-figures.ts";
import { type MemoryLine, type MemoryMap, memoryMap } from "./memory-map.ts";
import { type NginxPlan, nginxPlan } from "./nginx.ts";
import { OperatorError } from "./operator-error.ts";
import { type PostgresPlan, postgresPlan } from "./postgres.ts";
import { type RedisPlan, redisPlan } from "./redis.ts";
import { type SlotPlan, slotPlans } from "./slot.ts";
import { type EnvironmentSpec, servicesOf } from "./spec.ts";

/** Every number of every layer of one environment. */
export interface Plan {
  readonly memory: MemoryMap;
  readonly slots: readonly SlotPlan[];
  /** By service name. */
  readonly postgres: Readonly<Record<string, PostgresPlan>>;
  readonly redis: Readonly<Record<string, RedisPlan>>;
  readonly nginx: NginxPlan;
  /** Every number above and every one that it was computed from, by id: config first, inputs before results. */
  readonly figures: ReadonlyMap<string, Figure>;
}

function compute(spec: EnvironmentSpec): Plan {
  const slots = servicesOf(spec.services, "app").flatMap(([name, app]) =>
    slotPlans(spec, name, app),
  );
  const poolConnections = slots.reduce((total, slot) => total + slot.poolConnections, 0);
  const postgres = servicesOf(spec.services, "postgres").map(([name, { limitBytes }]) => [
    name,
    postgresPlan(limitBytes, poolConnections, spec.server.diskBytes),
  ]);
  const redis = servicesOf(spec.services, "redis").map(([name, { limitBytes }]) => [
    name,
    redisPlan(limitBytes),
  ]);
  const memory = memoryMap(spec);
  return {
    memory,
    figures: new Map<string, Figure>([...new Leaves(spec).figures, ...memoryFigures(memory)]),
    slots,
    postgres: Object.fromEntries(postgres),
    redis: Object.fromEntries(redis),
    nginx: nginxPlan(spec.server.cpus),
  };
}

/** @throws OperatorError naming every rule that the environment breaks, each with a fix. */
export function planEnvironment(spec: EnvironmentSpec): Plan {
  const plan = compute(spec);
  const problems = violations(spec, plan);
  if (problems.length > 0) {
    throw new OperatorError(problems.map((problem) => `environments.${spec.name}: ${problem}`));
  }
  return plan;
}

/** The line of one container in the memory map. */
export function memoryOf(plan: Plan, container: string): MemoryLine {
  const line = plan.memory.lines.find((candidate) => candidate.container === container);
  if (!line) throw new Error(`no memory line for container ${container}`);
  return line;
}
