import { allocate } from "./allocation/allocate.ts";
import { type SlicedTier, type SlicePlan, slicePlans } from "./allocation/slices.ts";
import type { Figure } from "./figure.ts";
import { Leaves } from "./leaves.ts";
import { memoryFigures } from "./memory-figures.ts";
import { type MemoryLine, type MemoryMap, memoryMap } from "./memory-map.ts";
import { type NginxPlan, nginxPlan } from "./nginx.ts";
import { type PostgresPlan, postgresPlan } from "./postgres.ts";
import { type RedisPlan, redisPlan } from "./redis.ts";
import { type SlotPlan, slotPlans } from "./slot.ts";
import { type AskedSpec, type EnvironmentSpec, servicesOf } from "./spec.ts";

/** Every number of every layer of one environment. */
export interface Plan {
  /** What was asked for, with the memory of every service. */
  readonly spec: EnvironmentSpec;
  readonly memory: MemoryMap;
  readonly slices: Readonly<Record<SlicedTier, SlicePlan>>;
  readonly slots: readonly SlotPlan[];
  /** By service name. */
  readonly postgres: Readonly<Record<string, PostgresPlan>>;
  readonly redis: Readonly<Record<string, RedisPlan>>;
  readonly nginx: NginxPlan;
  /** Every number above and every one that it was computed from, by id: config first, inputs before results. */
  readonly figures: ReadonlyMap<string, Figure>;
}

/** Judges nothing: see planner.ts. */
export function compute(asked: AskedSpec): Plan {
  const allocation = allocate(asked);
  const { spec } = allocation;
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
  const memory = memoryMap(asked, allocation);
  return {
    spec,
    memory,
    slices: slicePlans(memory.lines),
    figures: new Map<string, Figure>([...new Leaves(asked).figures, ...memoryFigures(memory)]),
    slots,
    postgres: Object.fromEntries(postgres),
    redis: Object.fromEntries(redis),
    nginx: nginxPlan(spec.server.cpus),
  };
}

/** The line of one container in the memory map. */
export function memoryOf(plan: Plan, container: string): MemoryLine {
  const line = plan.memory.lines.find((candidate) => candidate.container === container);
  if (!line) throw new Error(`no memory line for container ${container}`);
  return line;
}
