import { type Figure, Figures, type FiguresOf, why } from "./figure.ts";
import type { Leaves } from "./leaves.ts";
import { GIB, MIB, MINUTE_MS, SECOND_MS } from "./units.ts";

/** What is known of a Postgres before its connections are. */
export interface PostgresInputs {
  readonly who: string;
  readonly limit: Figure<number>;
  readonly config: Leaves;
}

/** Settings beside memory and connections: disk, io, times. */
export interface PostgresSettings {
  readonly port: number;
  /** Major version. */
  readonly major: number;
  readonly minWalBytes: number;
  readonly maxWalBytes: number;
  /** `/dev/shm` of the container. */
  readonly shmBytes: number;
  readonly workerProcesses: number;
  readonly parallelMaintenance: number;
  readonly ioConcurrency: number;
  /** From major 18 on; 0 before. */
  readonly ioWorkers: number;
  /** From major 19 on; 0 before. */
  readonly minIoWorkers: number;
  readonly maxIoWorkers: number;
  readonly randomPageCost: number;
  readonly checkpointMs: number;
  readonly checkpointTarget: number;
  readonly idleInTransactionMs: number;
  readonly keepaliveMs: number;
  /** Temporary files of that size and more are logged: work_mem is too small for their query. */
  readonly logTempBytes: number;
}

const PORT = 5432;
/** WAL is disk, but not much of a small one. */
const WAL_DISK_PERCENT = 5;
const MIN_MAX_WAL_BYTES = 512 * MIB;
const MAX_MAX_WAL_BYTES = 2 * GIB;
/** Two segments of 16 MiB are the least that Postgres takes. */
const LEAST_WAL_BYTES = 64 * MIB;
/** Docker's default, and enough for one parallel index build with maintenance_work_mem up to half of it. */
const SHM_BYTES = 64 * MIB;
const SHM_PER_MAINTENANCE = 4;
const WORKER_PROCESSES = 4;
const PARALLEL_MAINTENANCE = 1;
/** What 18 has as default; the 200 of the tuners would pin a small buffer pool. */
const IO_CONCURRENCY = 16;
const IO_WORKERS_FROM = 18;
const IO_RANGE_FROM = 19;
const IO_WORKERS = 2;
/** SSD: a random page costs nearly what a sequential one does. */
const RANDOM_PAGE_COST = 1.1;
const CHECKPOINT_MS = 15 * MINUTE_MS;
const CHECKPOINT_TARGET = 0.9;
const IDLE_IN_TRANSACTION_MS = MINUTE_MS;
const KEEPALIVE_MS = 120 * SECOND_MS;
/** Of the images that are shipped. */
const MAJOR = 17;

function walFigures({ who, limit, config }: PostgresInputs, figures: Figures) {
  const disk = config.number("server.disk");
  const wantedBytes = 2 ** Math.floor(Math.log2(2 * limit.value));
  const boundedBytes = Math.max(MIN_MAX_WAL_BYTES, Math.min(MAX_MAX_WAL_BYTES, wantedBytes));
  const diskBytes = Math.floor((disk.value * WAL_DISK_PERCENT) / 100 / MIB) * MIB;
  const maxWal = figures.bytes(
    "max_wal_size",
    Math.max(LEAST_WAL_BYTES, Math.min(boundedBytes, diskBytes)),
    why`twice ${limit} as a power of two, 512 MiB to 2 GiB, at most ${WAL_DISK_PERCENT} % of ${disk}`,
  );
  const minWal = new Figures(who, { source: TUNERS, writtenIn: "postgresql.conf" }).bytes(
    "min_wal_size",
    Math.max(LEAST_WAL_BYTES / 2, Math.floor(maxWal.value / 4 / MIB) * MIB),
    why`a quarter of ${maxWal}`,
  );
  return { maxWalBytes: maxWal, minWalBytes: minWal };
}

const TUNERS = "PGTune, held to a small disk";

function ioFigures(figures: Figures, inner: Figures, { who, config }: PostgresInputs) {
  const major =
    config.find(`services.${who}.major`) ?? inner.count("major", MAJOR, why`of the shipped images`);
  const workers = (setting: string, value: number) =>
    (value > 0 ? figures : inner).count(setting, value, why`by major version ${major}`);
  const isRange = major.value >= IO_RANGE_FROM;
  const isCount = major.value >= IO_WORKERS_FROM && !isRange;
  return {
    major,
    ioConcurrency: figures.count(
      "effective_io_concurrency",
      IO_CONCURRENCY,
      why`SSD; the default since 18`,
    ),
    ioWorkers: workers("io_workers", isCount ? IO_WORKERS : 0),
    minIoWorkers: workers("io_min_workers", isRange ? 1 : 0),
    maxIoWorkers: workers("io_max_workers", isRange ? IO_WORKERS : 0),
  };
}

export function settingFigures(
  inputs: PostgresInputs,
  maintenance: Figure<number>,
): FiguresOf<PostgresSettings> {
  const { who, config } = inputs;
  const figures = new Figures(who, { source: TUNERS, writtenIn: "postgresql.conf" });
  const inner = new Figures(who, { source: "PostgreSQL release notes" });
  const cpus = config.number("server.cpus");
  return {
    port: figures.count("port", PORT, why`Postgres' own`),
    ...walFigures(inputs, figures),
    shmBytes: new Figures(who, {
      source: "docker-library/postgres 416",
      writtenIn: "container",
    }).bytes(
      "shm_size",
      maintenance.value > SHM_BYTES / 2 ? SHM_PER_MAINTENANCE * maintenance.value : SHM_BYTES,
      why`64 MiB, or four times ${maintenance} where that is above 32 MiB: parallel builds share it`,
    ),
    workerProcesses: figures.count(
      "max_worker_processes",
      Math.max(WORKER_PROCESSES, Math.ceil(cpus.value)),
      why`${cpus} cpus, at least ${WORKER_PROCESSES}`,
    ),
    parallelMaintenance: figures.count(
      "max_parallel_maintenance_workers",
      PARALLEL_MAINTENANCE,
      why`index builds only`,
    ),
    ...ioFigures(figures, inner, inputs),
    ...fixedSettings(figures),
  };
}

function fixedSettings(figures: Figures) {
  return {
    randomPageCost: figures.count("random_page_cost", RANDOM_PAGE_COST, why`SSD`),
    checkpointMs: figures.ms("checkpoint_timeout", CHECKPOINT_MS, why`rare, spread out`),
    checkpointTarget: figures.count(
      "checkpoint_completion_target",
      CHECKPOINT_TARGET,
      why`Postgres' default: spreads the writes`,
    ),
    idleInTransactionMs: figures.ms(
      "idle_in_transaction_session_timeout",
      IDLE_IN_TRANSACTION_MS,
      why`an open transaction stops vacuum`,
    ),
    keepaliveMs: figures.ms("tcp_keepalives_idle", KEEPALIVE_MS, why`finds dead peers in minutes`),
    logTempBytes: figures.bytes("log_temp_files", 0, why`each one says that work_mem is too small`),
  };
}
