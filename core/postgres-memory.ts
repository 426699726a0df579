import { GIB, KIB, MIB } from "./units.ts";

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
export const MAX_CONNECTIONS = 500;
/** The rest is page cache that the limit counts too, and what the model does not know. */
export const WORST_PERCENT = 90;

/** Shares of the limit. A quarter is what every guide says for 1 GiB and more; less is left to the page cache below. */
export const BUFFERS_SHARE = 1 / 4;
/** Of all vacuums together: two of 1/16, or three of 1/24. */
export const VACUUM_SHARE = 1 / 8;
export const MAX_VACUUM_BYTES = 3 * GIB;
/** Below 1 MiB every sort goes to disk. */
export const MIN_WORK_BYTES = MIB;
const CPUS_PER_PARALLEL_WORKER = 8;
const MAX_PARALLEL_WORKERS = 4;

/** What decides how much memory a Postgres takes at the worst. */
export interface PostgresLoad {
  readonly sharedBuffersBytes: number;
  /** Of all autovacuum workers together. */
  readonly vacuumBytes: number;
  readonly workBytes: number;
  readonly connections: number;
  readonly cpus: number;
}

/** Helpers of one query's node: a small server has no core to spare. */
export function parallelWorkers(cpus: number): number {
  return Math.min(MAX_PARALLEL_WORKERS, Math.floor(cpus / CPUS_PER_PARALLEL_WORKER));
}

function exactSharedBytes(sharedBuffersBytes: number, connections: number): number {
  const perConnections = connections * SHARED_PER_CONNECTION_BYTES;
  return SHARED_FACTOR * sharedBuffersBytes + SHARED_BASE_BYTES + perConnections;
}

/** Shared memory that the server takes at its start, whole MiB rounded up. */
export function sharedMemoryBytes(sharedBuffersBytes: number, connections: number): number {
  return Math.ceil(exactSharedBytes(sharedBuffersBytes, connections) / MIB) * MIB;
}

/** Queries that sort or hash at once, at the most. */
function sortingQueries(connections: number, cpus: number): number {
  return Math.min(Math.ceil(connections * SORTING_SHARE), Math.ceil(SORTING_PER_CPU * cpus));
}

/** Everything at once: each pool full, each query sorting that can, each vacuum worker at its limit. */
export function worstBytes(load: PostgresLoad): number {
  const { connections, cpus } = load;
  const sortBytes = load.workBytes * HASH_MULTIPLIER * (parallelWorkers(cpus) + 1);
  return (
    exactSharedBytes(load.sharedBuffersBytes, connections) +
    PROCESSES_BYTES +
    connections * CONNECTION_BYTES +
    sortingQueries(connections, cpus) * sortBytes +
    load.vacuumBytes
  );
}

/**
 * Whether the worst case of so many connections fits, with the smallest work_mem that makes sense. What fits one limit
 * fits every larger one: shares are taken before they are rounded down.
 */
export function carries(limitBytes: number, connections: number, cpus: number): boolean {
  const load = {
    sharedBuffersBytes: limitBytes * BUFFERS_SHARE,
    vacuumBytes: Math.min(MAX_VACUUM_BYTES, limitBytes * VACUUM_SHARE),
    workBytes: MIN_WORK_BYTES,
    connections,
    cpus,
  };
  return worstBytes(load) <= (limitBytes * WORST_PERCENT) / 100;
}

/** The most connections that a limit carries. */
export function connectionsThatFit(limitBytes: number, cpus: number): number {
  let [fits, fails] = [0, MAX_CONNECTIONS + 1];
  while (fails - fits > 1) {
    const middle = Math.floor((fits + fails) / 2);
    if (carries(limitBytes, middle, cpus)) fits = middle;
    else fails = middle;
  }
  return fits;
}
