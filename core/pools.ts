import { RESERVED_CONNECTIONS } from "./connections.ts";
import { type Figure, Figures, why } from "./figure.ts";
import type { Leaves } from "./leaves.ts";

/** A slot keeps about 8 queries in flight usefully; more only queue inside Postgres. */
const POOL_CONNECTIONS = 8;

/** A slot that may hold database connections. */
export interface PoolOwner {
  /** `chat-1`. */
  readonly name: string;
  readonly service: string;
  /** At the most. */
  readonly processes: number;
}

/** Connections for each process, so many that the slot has its 8 queries in flight. */
function wanted(processes: number): number {
  return Math.ceil(POOL_CONNECTIONS / processes);
}

/** Database connections of every slot, by its name: what the operator fixed is kept, the others share what is left. */
export function poolFigures(
  owners: readonly PoolOwner[],
  config: Leaves,
  budget: Figure<number> | undefined,
): Map<string, Figure<number>> {
  if (!budget) return new Map();
  const own = ({ service }: PoolOwner) => config.find(`services.${service}.databasePool`);
  const fixed = owners.reduce((sum, owner) => sum + (own(owner)?.value ?? 0), 0);
  const sharing = owners
    .filter((owner) => !own(owner))
    .reduce((sum, { processes }) => sum + processes, 0);
  const share = Math.max(0, Math.floor((budget.value - fixed) / Math.max(1, sharing)));
  return new Map(
    owners.map((owner) => {
      const figures = new Figures(owner.name, { source: "estimate: queries in flight" });
      const leaf = own(owner);
      const figure = leaf
        ? figures.count("database_pool", leaf.value, why`${leaf}`)
        : figures.count(
            "database_pool",
            owner.processes * Math.min(wanted(owner.processes), share),
            why`${POOL_CONNECTIONS} queries in flight, or what ${owner.processes} of all processes get of ${budget}`,
          );
      return [owner.name, figure];
    }),
  );
}

/** Connections that pools may hold together. */
export function poolBudget(
  who: string,
  fit: Figure<number>,
  own: Figure<number> | undefined,
): Figure<number> {
  const bound = own ?? fit;
  return new Figures(who, { source: "worst-case rule" }).count(
    "pool_budget",
    bound.value - RESERVED_CONNECTIONS,
    why`${bound} - ${RESERVED_CONNECTIONS} for backup, verify, migration and superusers`,
  );
}

/** What all pools hold together. */
export function poolSum(who: string, pools: readonly Figure<number>[]): Figure<number> {
  return {
    ...new Figures(who, { source: "sum" }).count(
      "pools",
      pools.reduce((sum, { value }) => sum + value, 0),
      why`the slots' pools together`,
    ),
    inputs: pools.map(({ id }) => id),
  };
}
