import type { ContainerPlan } from "./container.ts";
import { type Figure, Figures, type FiguresOf, why } from "./figure.ts";
import type { Leaves } from "./leaves.ts";
import { GIB, MIB } from "./units.ts";

/** Where the server's disk goes. */
export interface DiskPlan {
  readonly systemBytes: number;
  readonly swapBytes: number;
  readonly imagesBytes: number;
  readonly logsBytes: number;
  readonly journalBytes: number;
  readonly walBytes: number;
  /** Append-only files of Redis. */
  readonly redisBytes: number;
  /** Never filled: a full disk stops the database. */
  readonly freeBytes: number;
  /** For the database's files. May be negative: the invariants judge. */
  readonly dataBytes: number;
  /** For backups that are kept here until they are elsewhere. */
  readonly backupsBytes: number;
}

/** Debian with Docker: 2 GiB, and room for an upgrade. */
const SYSTEM_BYTES = 3 * GIB;
/** A slim image with its app; two of each while a deploy is under way. */
const IMAGE_BYTES = 250 * MIB;
const IMAGE_VERSIONS = 2;
const JOURNAL_BYTES = 200 * MIB;
const FREE_PERCENT = 10;
/** Dumps compress to a fifth; a week of them is about the size of the data itself: a third of what both share. */
const BACKUP_SHARE = 1 / 3;

export interface DiskInputs {
  readonly config: Leaves;
  readonly container: FiguresOf<ContainerPlan>;
  /** Containers, and the images that they run. */
  readonly containers: number;
  readonly images: number;
  /** `max_wal_size`, where there is a Postgres. */
  readonly maxWal: Figure<number> | undefined;
  readonly redis: readonly Figure<number>[];
}

export function diskFigures(inputs: DiskInputs): FiguresOf<DiskPlan> {
  const { config, maxWal, redis } = inputs;
  const figures = new Figures("disk", { source: "disk budget" });
  const disk = config.number("server.disk");
  const fixed = {
    systemBytes: figures.bytes("system", SYSTEM_BYTES, why`Debian, Docker, and an upgrade of both`),
    swapBytes: figures.bytes(
      "swap",
      config.number("server.swap").value,
      why`${config.number("server.swap")}`,
    ),
    ...files(figures, inputs),
    walBytes: maxWal
      ? figures.bytes(
          "wal",
          2 * maxWal.value,
          why`${maxWal}, and as much for a slow replica or archive`,
        )
      : figures.bytes("wal", 0, why`no database`),
    redisBytes: {
      ...figures.bytes(
        "redis",
        redis.reduce((sum, { value }) => sum + value, 0),
        why`append-only files`,
      ),
      inputs: redis.map(({ id }) => id),
    },
    freeBytes: figures.bytes(
      "free",
      Math.floor((disk.value * FREE_PERCENT) / 100 / MIB) * MIB,
      why`${FREE_PERCENT} % of ${disk}`,
    ),
  };
  return { ...fixed, ...rest(figures, disk, Object.values(fixed)) };
}

function files(figures: Figures, { container, containers, images }: DiskInputs) {
  const { logFileBytes, logFiles } = container;
  return {
    imagesBytes: figures.bytes(
      "images",
      images * IMAGE_VERSIONS * IMAGE_BYTES,
      why`${images} images, ${IMAGE_VERSIONS} versions of 250 MiB`,
    ),
    logsBytes: figures.bytes(
      "logs",
      containers * logFiles.value * logFileBytes.value,
      why`${containers} containers x ${logFiles} files x ${logFileBytes}`,
    ),
    journalBytes: figures.bytes("journal", JOURNAL_BYTES, why`SystemMaxUse of journald`),
  };
}

/** Data and backups share what the others leave. */
function rest(figures: Figures, disk: Figure<number>, fixed: readonly Figure<number>[]) {
  const leftBytes = disk.value - fixed.reduce((sum, { value }) => sum + value, 0);
  const backupsBytes = Math.floor((leftBytes * BACKUP_SHARE) / MIB) * MIB;
  const told = (setting: string, value: number, because: string): Figure<number> => ({
    ...figures.bytes(setting, value, why`${because} of what the others leave of ${disk}`),
    inputs: [disk.id, ...fixed.map(({ id }) => id)],
  });
  return {
    dataBytes: told("data", leftBytes - backupsBytes, "two thirds"),
    backupsBytes: told("backups", backupsBytes, "a third"),
  };
}
