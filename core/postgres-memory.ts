import { KIB, MIB } from "./units.ts";

/** Shared memory by size of the buffers and connections: fitted to `postgres -C shared_memory_size`, within 3 %. */
const SHARED_FACTOR = 1.06;
const SHARED_BASE_BYTES = 4 * MIB;
const SHARED_PER_CONNECTION_BYTES = 46 * KIB;
/** Postmaster, checkpointer, writer, walwriter, autovacuum launcher. */
const PROCESSES_BYTES = 20 * MIB;
/** Private memory of a pooled session: catalog caches, plans, stack. Estimate: 4 MiB, 6 to 10 with many relations. */
const CONNECTION_BYTES = 4 * MIB;
/** A hash may take twice work_mem: hash_mem_multiplier's default. */
const HASH_MULTIPLIER = 2;
/** Of the connections that are open, those that sort or hash at once: estimate; and never more than this per cpu. */
const SORTING_SHARE = 1 / 4;
const SORTING_PER_CPU = 4;
/** More sessions than that only wait for cpus: a pooler in between is the answer. */
const MAX_CONNECTIONS = 500;
/** The rest is page cache that the limit counts too, and what the model does not know. */
export const WORST_PERCENT = 90;

/** What decides how much memory a Postgres takes at the worst. */
export interface PostgresLoad {
  readonly sharedBuffersBytes: number;
  readonly maintenanceBytes: number;
  readonly vacuumWorkers: number;
  readonly workBytes: number;
  readonly connections: number;
  readonly cpus: number;
  /** Helpers of one query's node. */
  readonly parallelWorkers: number;
}

/** Shared memory that the server takes at its start, whole MiB rounded up. */
export function sharedMemoryBytes(sharedBuffersBytes: number, connections: number): number {
  const exact =
    SHARED_FACTOR * sharedBuffersBytes +
    SHARED_BASE_BYTES +
    connections * SHARED_PER_CONNECTION_BYTES;
  return Math.ceil(exact / MIB) * MIB;
}

/** Queries that sort or hash at once, at the most. */
export function sortingQueries(connections: number, cpus: number): number {
  return Math.min(Math.ceil(connections * SORTING_SHARE), Math.ceil(SORTING_PER_CPU * cpus));
}

/** Everything at once: each pool full, each query sorting that can, each vacuum worker at its limit. */
export function worstBytes(load: PostgresLoad): number {
  const sorting =
    sortingQueries(load.connections, load.cpus) *
    load.workBytes *
    HASH_MULTIPLIER *
    (load.parallelWorkers + 1);
  return (
    sharedMemoryBytes(load.sharedBuffersBytes, load.connections) +
    PROCESSES_BYTES +
    load.connections * CONNECTION_BYTES +
    sorting +
    load.vacuumWorkers * load.maintenanceBytes
  );
}

/** The most connections whose worst case fits, with the smallest work_mem that makes sense. */
export function connectionsThatFit(
  limitBytes: number,
  load: Omit<PostgresLoad, "connections">,
): number {
  const roomBytes = (limitBytes * WORST_PERCENT) / 100;
  const freeBytes = roomBytes - worstBytes({ ...load, connections: 0 });
  let connections = Math.min(
    MAX_CONNECTIONS,
    Math.max(0, Math.floor(freeBytes / CONNECTION_BYTES)),
  );
  while (connections > 0 && worstBytes({ ...load, connections }) > roomBytes) connections -= 1;
  return connections;
}
