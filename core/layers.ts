import { type AlertsPlan, alertFigures } from "./alerts.ts";
import { type Capacity, capacityOf } from "./capacity.ts";
import { mostProcesses } from "./connections.ts";
import { type ContainerPlan, containerFigures } from "./container.ts";
import { type DiskPlan, diskFigures } from "./disk.ts";
import { type Figure, Figures, type FiguresOf, why } from "./figure.ts";
import { type GuardPlan, guardFigures } from "./guard.ts";
import type { Leaves } from "./leaves.ts";
import { type NginxPlan, nginxFigures } from "./nginx.ts";
import { poolBudget, poolFigures, poolSum } from "./pools.ts";
import { fittingConnections, type PostgresPlan, postgresFigures } from "./postgres.ts";
import type { PostgresInputs } from "./postgres-settings.ts";
import { type RedisPlan, type RedisRole, redisFigures } from "./redis.ts";
import { type SlotFigures, type SlotPlace, slotFigures, slotName } from "./slot.ts";
import { type AppSpec, type EnvironmentSpec, servicesOf } from "./spec.ts";
import { type TimeoutsPlan, timeoutFigures } from "./timeouts.ts";

/** Every figure of every layer, in the shape of the plan. */
export interface Layers {
  readonly timeouts: FiguresOf<TimeoutsPlan>;
  readonly container: FiguresOf<ContainerPlan>;
  readonly pools: Pools;
  readonly slots: readonly { readonly place: SlotPlace; readonly figures: SlotFigures }[];
  readonly postgres: Readonly<Record<string, FiguresOf<PostgresPlan>>>;
  readonly redis: Readonly<Record<string, FiguresOf<RedisPlan>>>;
  readonly totals: Totals;
  readonly capacity: Capacity | undefined;
  readonly nginx: FiguresOf<NginxPlan>;
  readonly guard: FiguresOf<GuardPlan>;
  readonly disk: FiguresOf<DiskPlan>;
  readonly alerts: FiguresOf<AlertsPlan>;
}

/** Connections that the slots accept: together, and the one that accepts most. */
interface Totals {
  readonly all: Figure<number>;
  readonly fewest: Figure<number>;
}

/** Database connections: what fits, what pools may have, what each slot gets. */
interface Pools {
  readonly database: PostgresInputs | undefined;
  readonly fit: Figure<number> | undefined;
  readonly budget: Figure<number> | undefined;
  readonly sum: Figure<number> | undefined;
  readonly slots: ReadonlyMap<string, Figure<number>>;
}

export interface LayerInputs {
  readonly spec: EnvironmentSpec;
  readonly config: Leaves;
  /** `postgres.limit`, `chat-1.limit` and so on, by id. */
  readonly memory: ReadonlyMap<string, Figure<number>>;
  readonly containers: number;
}

function limitOf({ memory }: LayerInputs, who: string): Figure<number> {
  const limit = memory.get(`${who}.limit`);
  if (!limit) throw new Error(`no memory line for ${who}`);
  return limit;
}

function placesOf(service: string, { slots }: AppSpec): SlotPlace[] {
  return Array.from({ length: slots }, (_, at) => ({ service, index: at + 1 }));
}

function poolsOf(inputs: LayerInputs): Pools {
  const { spec, config } = inputs;
  const [postgres] = servicesOf(spec.services, "postgres");
  if (!postgres)
    return {
      database: undefined,
      fit: undefined,
      budget: undefined,
      sum: undefined,
      slots: new Map(),
    };
  const [who] = postgres;
  const database = { who, limit: limitOf(inputs, who), config };
  const fit = fittingConnections(database);
  const budget = poolBudget(who, fit, config.find(`services.${who}.maxConnections`));
  const owners = servicesOf(spec.services, "app").flatMap(([service, app]) => {
    const processes = mostProcesses(app, spec.server.cpus);
    return placesOf(service, app).map((place) => ({ service, name: slotName(place), processes }));
  });
  const slots = poolFigures(owners, config, budget);
  return { database, fit, budget, sum: poolSum(who, [...slots.values()]), slots };
}

function slotsOf(inputs: LayerInputs, pools: Pools): Layers["slots"] {
  return servicesOf(inputs.spec.services, "app").flatMap(([service, app]) =>
    placesOf(service, app).map((place) => {
      const name = slotName(place);
      const limit = limitOf(inputs, name);
      const figures = slotFigures({
        ...{ name, service, app, limit, config: inputs.config },
        pool: pools.slots.get(name),
      });
      return { place, figures };
    }),
  );
}

function redisOf(inputs: LayerInputs): Layers["redis"] {
  const entries = servicesOf(inputs.spec.services, "redis").map(([who]) => {
    const role =
      inputs.config.findWord<RedisRole>(`services.${who}.role`) ??
      new Figures(who, { source: "default" }).word<RedisRole>(
        "role",
        "cache",
        why`nothing is said`,
      );
    return [who, redisFigures({ who, limit: limitOf(inputs, who), role })];
  });
  return Object.fromEntries(entries);
}

/** Figures that all slots give together. */
function totalsOf(slots: Layers["slots"]): Totals {
  const figures = new Figures("slots", { source: "sum" });
  const each = slots.map(({ figures: { numbers } }) => numbers.maxConnections);
  const values = each.map(({ value }) => value);
  const inputs = each.map(({ id }) => id);
  const told = (setting: string, value: number) => ({
    ...figures.count(setting, value, why`connections that the slots accept`),
    inputs,
  });
  return {
    all: told(
      "connections",
      values.reduce((sum, value) => sum + value, 0),
    ),
    fewest: told("fewest_connections", values.length > 0 ? Math.min(...values) : 0),
  };
}

/** Computes every layer; judges nothing. */
export function layersOf(inputs: LayerInputs): Layers {
  const { spec, config, containers } = inputs;
  const timeouts = timeoutFigures(config);
  const container = containerFigures();
  const pools = poolsOf(inputs);
  const slots = slotsOf(inputs, pools);
  const postgres = postgresOf(pools);
  const redis = redisOf(inputs);
  const totals = totalsOf(slots);
  const nginx = nginxFigures({ config, timeouts, connections: totals.all });
  const capacity = capacityOf({
    ...{ config, nginx, pools: pools.sum },
    slots: slots.map(({ place, figures }) => ({ service: place.service, ...figures.numbers })),
  });
  const rate =
    capacity?.requestsPerSecond.value ??
    new Figures("capacity", { source: "no app" }).perSecond("requests_per_second", 0, why`no app`);
  const guard = guardFigures({ config, timeouts, rate });
  const images = new Set(Object.values(spec.services).map(({ kind }) => kind)).size + 2;
  return {
    ...{ timeouts, container, pools, slots, totals, postgres, redis, capacity, nginx, guard },
    alerts: alertFigures({ config, guard, connections: totals.fewest }),
    disk: diskFigures({
      ...{ config, container, containers, images },
      maxWal: Object.values(postgres)[0]?.maxWalBytes,
      redis: Object.values(redis).map(({ diskBytes }) => diskBytes),
    }),
  };
}

function postgresOf({ database, fit, sum }: Pools): Layers["postgres"] {
  if (!database || !fit || !sum) return {};
  return { [database.who]: postgresFigures(database, sum, fit) };
}
