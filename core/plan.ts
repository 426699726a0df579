import type { AlertsPlan } from "./alerts.ts";
import { allocate } from "./allocation/allocate.ts";
import { type SlicedTier, type SlicePlan, slicePlans } from "./allocation/slices.ts";
import type { Capacity } from "./capacity.ts";
import type { ContainerPlan } from "./container.ts";
import type { DiskPlan } from "./disk.ts";
import { type Figure, type FiguresOf, figuresIn, valuesOf } from "./figure.ts";
import type { GuardPlan } from "./guard.ts";
import { type Layers, layersOf } from "./layers.ts";
import { Leaves } from "./leaves.ts";
import { memoryFigures } from "./memory-figures.ts";
import { type MemoryLine, type MemoryMap, memoryMap } from "./memory-map.ts";
import { type MemoryUse, memoryUses, useFigures } from "./memory-use.ts";
import type { NginxPlan } from "./nginx.ts";
import type { PostgresPlan } from "./postgres.ts";
import type { RedisPlan } from "./redis.ts";
import { type SlotPlan, slotPlan } from "./slot.ts";
import type { AskedSpec, EnvironmentSpec } from "./spec.ts";
import type { TimeoutsPlan } from "./timeouts.ts";

/** Every number of every layer of one environment. */
export interface Plan {
  readonly asked: AskedSpec;
  /** What was asked for, with the memory of every service. */
  readonly spec: EnvironmentSpec;
  readonly memory: MemoryMap;
  /** What each line of the map is expected to hold. */
  readonly uses: readonly MemoryUse[];
  readonly slices: Readonly<Record<SlicedTier, SlicePlan>>;
  readonly slots: readonly SlotPlan[];
  /** By service name. */
  readonly postgres: Readonly<Record<string, PostgresPlan>>;
  readonly redis: Readonly<Record<string, RedisPlan>>;
  readonly nginx: NginxPlan;
  readonly guard: GuardPlan;
  readonly container: ContainerPlan;
  readonly timeouts: TimeoutsPlan;
  readonly disk: DiskPlan;
  readonly alerts: AlertsPlan;
  /** Undefined where there is no app. */
  readonly capacity: Capacity | undefined;
  /** Every number above and every one that it was computed from, by id: config first, inputs before results. */
  readonly figures: ReadonlyMap<string, Figure>;
}

function valuesByName<Values extends object>(
  figures: Readonly<Record<string, FiguresOf<Values>>>,
): Record<string, Values> {
  const entries = Object.entries(figures);
  return Object.fromEntries(entries.map(([name, each]) => [name, valuesOf<Values>(each)]));
}

function valuesIn(
  layers: Layers,
  spec: EnvironmentSpec,
): Omit<Plan, "asked" | "spec" | "memory" | "uses" | "slices" | "figures"> {
  return {
    slots: layers.slots.map(({ place, figures }) => slotPlan(spec, place, figures)),
    postgres: valuesByName<PostgresPlan>(layers.postgres),
    redis: valuesByName<RedisPlan>(layers.redis),
    nginx: valuesOf<NginxPlan>(layers.nginx),
    guard: valuesOf<GuardPlan>(layers.guard),
    container: valuesOf<ContainerPlan>(layers.container),
    timeouts: valuesOf<TimeoutsPlan>(layers.timeouts),
    disk: valuesOf<DiskPlan>(layers.disk),
    alerts: valuesOf<AlertsPlan>(layers.alerts),
    capacity: layers.capacity,
  };
}

/** Judges nothing: see planner.ts. */
export function compute(asked: AskedSpec): Plan {
  const allocation = allocate(asked);
  const { spec } = allocation;
  const config = new Leaves(asked);
  const memory = memoryMap(asked, allocation);
  const limits = memoryFigures(memory, config, allocation.level);
  const containers = memory.lines.filter(({ container }) => container).length;
  const layers = layersOf({ spec, config, memory: limits, containers });
  const values = valuesIn(layers, spec);
  const uses = memoryUses({ spec, memory, ...values });
  return {
    asked,
    spec,
    memory,
    uses,
    slices: slicePlans(memory.lines),
    ...values,
    figures: new Map<string, Figure>([
      ...config.figures,
      ...limits,
      ...figuresIn(layers),
      ...useFigures(uses),
    ]),
  };
}

/** The line of one container in the memory map. */
export function memoryOf(plan: Plan, container: string): MemoryLine {
  const line = plan.memory.lines.find((candidate) => candidate.container === container);
  if (!line) throw new Error(`no memory line for container ${container}`);
  return line;
}
