import { OOM_SCORES } from "./allocation/oom-score.ts";
import {
  OPERATOR_CONNECTIONS,
  RESERVED_CONNECTIONS,
  SUPERUSER_CONNECTIONS,
} from "./connections.ts";
import { type Figure, Figures, type FiguresOf, why } from "./figure.ts";
import {
  BUFFERS_SHARE,
  connectionsThatFit,
  MAX_VACUUM_BYTES,
  MIN_WORK_BYTES,
  type PostgresLoad,
  parallelWorkers,
  sharedMemoryBytes,
  VACUUM_SHARE,
  WORST_PERCENT,
  worstBytes,
} from "./postgres-memory.ts";
import { type PostgresInputs, type PostgresSettings, settingFigures } from "./postgres-settings.ts";
import { GIB, KIB, MIB, wholeMib } from "./units.ts";

/** Settings of a Postgres with a container to itself. */
export interface PostgresPlan extends PostgresSettings {
  readonly sharedBuffersBytes: number;
  readonly effectiveCacheBytes: number;
  readonly workBytes: number;
  readonly maintenanceBytes: number;
  readonly vacuumWorkers: number;
  /** Of one autovacuum worker. */
  readonly vacuumBytes: number;
  readonly walBuffersBytes: number;
  readonly parallelWorkers: number;
  /** Connections whose worst case fits into the limit. */
  readonly connectionsThatFit: number;
  readonly maxConnections: number;
  /** Of them for superusers. */
  readonly superuserConnections: number;
  /** What `postgres -C shared_memory_size` is expected to say. */
  readonly sharedMemoryBytes: number;
  /** Everything at once. */
  readonly worstBytes: number;
  readonly oomScore: number;
}

/** Page cache that the planner may count on: the limit counts it too, so never 75 % of the server. */
const CACHE_PERCENT = 65;
const MAINTENANCE_SHARE = 1 / 16;
const MAX_MAINTENANCE_BYTES = GIB;
const BIG_LIMIT_BYTES = GIB;
/** Two vacuums at once are what a small server has memory for; three is Postgres' default. */
const VACUUM_WORKERS = { small: 2, big: 3 } as const;
/** Postgres' own rule for -1: 1/32, at most one WAL segment. */
const WAL_BUFFERS_SHARE = 1 / 32;
const MAX_WAL_BUFFERS_BYTES = 16 * MIB;
const MAX_WORK_BYTES = 64 * MIB;
/** PGTune's web rule: what shared_buffers leaves, for three nodes of each connection and worker process. */
const PGTUNE_NODES = 3;
const PGTUNE_WORKERS = 8;

const TUNERS = "PostgreSQL manual, PGTune and timescaledb-tune, held to the container's limit";

/** Memory settings that follow from the limit alone. */
export function postgresBasis({ who, limit, config }: PostgresInputs) {
  const figures = new Figures(who, { source: TUNERS, writtenIn: "postgresql.conf" });
  const cpus = config.number("server.cpus");
  const buffers = figures.bytes(
    "shared_buffers",
    wholeMib(limit.value * BUFFERS_SHARE),
    why`${BUFFERS_SHARE * 100} % of ${limit}`,
  );
  return {
    sharedBuffersBytes: buffers,
    effectiveCacheBytes: figures.bytes(
      "effective_cache_size",
      wholeMib((limit.value * CACHE_PERCENT) / 100),
      why`${CACHE_PERCENT} % of ${limit}, which counts the page cache too`,
    ),
    maintenanceBytes: figures.bytes(
      "maintenance_work_mem",
      Math.min(MAX_MAINTENANCE_BYTES, Math.max(MIB, wholeMib(limit.value * MAINTENANCE_SHARE))),
      why`1/16 of ${limit}`,
    ),
    ...vacuumFigures(figures, limit),
    walBuffersBytes: figures.bytes(
      "wal_buffers",
      Math.min(MAX_WAL_BUFFERS_BYTES, Math.floor((buffers.value * WAL_BUFFERS_SHARE) / KIB) * KIB),
      why`1/32 of ${buffers}, at most 16 MiB`,
    ),
    parallelWorkers: figures.count(
      "max_parallel_workers_per_gather",
      parallelWorkers(cpus.value),
      why`one for each 8 of ${cpus} cpus: a small server has no core to spare`,
    ),
  };
}

function vacuumFigures(figures: Figures, limit: Figure<number>) {
  const workers = figures.count(
    "autovacuum_max_workers",
    limit.value < BIG_LIMIT_BYTES ? VACUUM_WORKERS.small : VACUUM_WORKERS.big,
    why`2 below a limit of 1 GiB, else 3: ${limit}`,
  );
  const togetherBytes = Math.min(MAX_VACUUM_BYTES, limit.value * VACUUM_SHARE);
  return {
    vacuumWorkers: workers,
    vacuumBytes: figures.bytes(
      "autovacuum_work_mem",
      Math.max(MIB, wholeMib(togetherBytes / workers.value)),
      why`1/8 of ${limit}, at most 3 GiB, for ${workers} workers`,
    ),
  };
}

/** The most connections that the limit carries, pools and operators together. */
export function fittingConnections({ who, limit, config }: PostgresInputs): Figure<number> {
  const cpus = config.number("server.cpus");
  return new Figures(who, { source: "worst-case rule" }).count(
    "connections_that_fit",
    connectionsThatFit(limit.value, cpus.value),
    why`4 MiB each, beside buffers, vacuum and sorts on ${cpus} cpus, in ${WORST_PERCENT} % of ${limit}`,
  );
}

/** The power of two next to PGTune's rule, halved until the worst case fits. */
function workBytes(limitBytes: number, load: Omit<PostgresLoad, "workBytes">): number {
  const raw =
    (limitBytes - load.sharedBuffersBytes) / ((load.connections + PGTUNE_WORKERS) * PGTUNE_NODES);
  let bytes = 2 ** Math.round(Math.log2(Math.max(raw, MIN_WORK_BYTES)));
  bytes = Math.min(MAX_WORK_BYTES, bytes);
  const roomBytes = (limitBytes * WORST_PERCENT) / 100;
  while (bytes > MIN_WORK_BYTES && worstBytes({ ...load, workBytes: bytes }) > roomBytes)
    bytes /= 2;
  return bytes;
}

/** All settings, for pools that hold so many connections together. */
export function postgresFigures(
  inputs: PostgresInputs,
  pools: Figure<number>,
  fit: Figure<number>,
): FiguresOf<PostgresPlan> {
  const { who, limit, config } = inputs;
  const figures = new Figures(who, { source: TUNERS, writtenIn: "postgresql.conf" });
  const basis = postgresBasis(inputs);
  const own = config.find(`services.${who}.maxConnections`);
  const connections = own
    ? figures.count("max_connections", own.value, why`${own}`)
    : figures.count(
        "max_connections",
        pools.value + RESERVED_CONNECTIONS,
        why`${pools} + ${OPERATOR_CONNECTIONS} for backup, verify, migration + ${SUPERUSER_CONNECTIONS} for superusers`,
      );
  const load = {
    sharedBuffersBytes: basis.sharedBuffersBytes.value,
    vacuumBytes: basis.vacuumWorkers.value * basis.vacuumBytes.value,
    cpus: config.number("server.cpus").value,
    connections: connections.value,
  };
  const work = figures.bytes(
    "work_mem",
    workBytes(limit.value, load),
    why`what ${basis.sharedBuffersBytes} leaves of ${limit}, for ${PGTUNE_NODES} nodes of ${connections} + ${PGTUNE_WORKERS}, as a power of two that the worst case allows`,
  );
  return {
    ...basis,
    ...settingFigures(inputs, basis.maintenanceBytes),
    connectionsThatFit: fit,
    maxConnections: connections,
    superuserConnections: figures.count(
      "superuser_reserved_connections",
      SUPERUSER_CONNECTIONS,
      why`Postgres' default: an operator gets in when pools are full`,
    ),
    workBytes: work,
    ...worstCase(who, { ...load, workBytes: work.value }, [
      basis.sharedBuffersBytes,
      connections,
      work,
    ]),
  };
}

function worstCase(
  who: string,
  load: PostgresLoad,
  [buffers, connections, work]: readonly [Figure, Figure, Figure],
) {
  const figures = new Figures(who, { source: "fitted to postgres -C shared_memory_size" });
  const shared = figures.bytes(
    "shared_memory",
    sharedMemoryBytes(load.sharedBuffersBytes, load.connections),
    why`1.06 x ${buffers} + 4 MiB + 46 KiB x ${connections}`,
  );
  return {
    sharedMemoryBytes: shared,
    oomScore: new Figures(who, { source: "OOM order" }).count(
      "oom_score_adj",
      OOM_SCORES.postgres,
      why`after the cache, before the door`,
    ),
    worstBytes: new Figures(who, { source: "worst-case rule" }).bytes(
      "worst_case",
      worstBytes(load),
      why`${shared} + 20 MiB of processes + 4 MiB x ${connections} + sorts with twice ${work} + vacuum`,
    ),
  };
}
