import { toMib } from "./units.ts";

/** Shares of the container's limit L. Source: PostgreSQL manual, PGTune and timescaledb-tune, lowered for L below 1 GiB. */
const SHARED_BUFFERS_SHARE = 0.25;
const EFFECTIVE_CACHE_SHARE = 0.65;
const MAINTENANCE_SHARE = 1 / 16;

/** work_mem is paid per sort node and twice per hash: 2 MiB below a limit of 512 MiB, 4 MiB above. */
const SMALL_LIMIT_MIB = 512;
const SMALL_WORK_MEM_MIB = 2;
const WORK_MEM_MIB = 4;

/** Backup, verify and migration, beside what the pools hold. */
const OPERATOR_CONNECTIONS = 5;
const SUPERUSER_CONNECTIONS = 3;

/** WAL is disk, but not much of a small one: at most 1/20, and never above 512 MiB here. */
const WAL_DISK_SHARE = 0.05;
const MAX_WAL_MIB = 512;
/** Postgres needs two 16 MiB segments at the least. */
const MIN_WAL_MIB = 32;

/** Docker's default for /dev/shm; enough with parallel query off and maintenance_work_mem below it. */
const SHM_MIB = 64;

export interface PostgresPlan {
  readonly sharedBuffersMib: number;
  readonly effectiveCacheMib: number;
  readonly maintenanceWorkMib: number;
  readonly workMib: number;
  readonly maxConnections: number;
  readonly superuserConnections: number;
  readonly minWalMib: number;
  readonly maxWalMib: number;
  readonly shmMib: number;
}

/** Settings of a Postgres with a container of `limitBytes`, for pools that hold `poolConnections` together. */
export function postgresPlan(
  limitBytes: number,
  poolConnections: number,
  diskBytes: number,
): PostgresPlan {
  const limitMib = toMib(limitBytes);
  const maxWalMib = Math.max(
    MIN_WAL_MIB * 2,
    Math.min(MAX_WAL_MIB, toMib(diskBytes * WAL_DISK_SHARE)),
  );
  return {
    sharedBuffersMib: Math.floor(limitMib * SHARED_BUFFERS_SHARE),
    effectiveCacheMib: Math.floor(limitMib * EFFECTIVE_CACHE_SHARE),
    maintenanceWorkMib: Math.max(1, Math.floor(limitMib * MAINTENANCE_SHARE)),
    workMib: limitMib < SMALL_LIMIT_MIB ? SMALL_WORK_MEM_MIB : WORK_MEM_MIB,
    maxConnections: poolConnections + OPERATOR_CONNECTIONS + SUPERUSER_CONNECTIONS,
    superuserConnections: SUPERUSER_CONNECTIONS,
    minWalMib: Math.max(MIN_WAL_MIB, Math.floor(maxWalMib / 4)),
    maxWalMib,
    shmMib: SHM_MIB,
  };
}
