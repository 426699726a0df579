import { containerName, type Owner } from "./names.ts";
import { reserve } from "./reserve.ts";
import { type AppSpec, type EnvironmentSpec, servicesOf } from "./spec.ts";
import { formatMib, MIB, wholeMib } from "./units.ts";

/** One row of the memory map. Container rows carry the container's name. */
export interface MemoryLine {
  readonly who: string;
  readonly tier: "reserve" | "door" | "service" | "batch";
  readonly limitBytes: number;
  readonly reservationBytes: number;
  /** Swap that this may use beyond its limit. */
  readonly swapBytes: number;
  /** What the limit was computed from, for people. */
  readonly from: string;
  readonly container?: string;
}

export interface MemoryMap {
  readonly serverBytes: number;
  readonly lines: readonly MemoryLine[];
  /** What is left for the page cache. Negative when the services do not fit. */
  readonly headroomBytes: number;
}

/** 512 idle connections, 200 streams with TLS, zones: planning estimate for nginx. */
const NGINX_BYTES = 48 * MIB;
/** Node's binary 40 MiB resident, heap and buffers of 80 connections and 40 streams. */
const GUARD_BYTES = 64 * MIB;
/** Backup and renewal run one at a time: pg_dump with compression needs about 100 MiB. */
const BATCH_BYTES = 128 * MIB;

/** The door and the data must not be reclaimed under pressure; apps give way first. */
const DOOR_RESERVED_SHARE = 0.75;
const DATA_RESERVED_SHARE = 0.75;
const APP_RESERVED_SHARE = 0.5;

interface Need {
  readonly who: string;
  readonly tier: MemoryLine["tier"];
  readonly limitBytes: number;
  readonly reservedShare: number;
  readonly from: string;
}

function containerLine(owner: Owner, need: Need): MemoryLine {
  return {
    who: need.who,
    tier: need.tier,
    limitBytes: need.limitBytes,
    reservationBytes: wholeMib(need.limitBytes * need.reservedShare),
    swapBytes: 0,
    from: need.from,
    container: containerName(owner, need.who),
  };
}

function slotLines(owner: Owner, name: string, app: AppSpec): MemoryLine[] {
  return Array.from({ length: app.slots }, (_, index) => ({
    who: `${name}-${index + 1}`,
    tier: "service" as const,
    limitBytes: app.limitBytes,
    reservationBytes: app.reservationBytes ?? wholeMib(app.limitBytes * APP_RESERVED_SHARE),
    swapBytes: app.swapBytes,
    from: `services.${name}.limit ${formatMib(app.limitBytes)}`,
    container: containerName(owner, name, index + 1),
  }));
}

function dataLines(spec: EnvironmentSpec): MemoryLine[] {
  const stores = [...servicesOf(spec.services, "postgres"), ...servicesOf(spec.services, "redis")];
  return stores.map(([who, { limitBytes }]) =>
    containerLine(spec, {
      who,
      tier: "service",
      limitBytes,
      reservedShare: DATA_RESERVED_SHARE,
      from: `services.${who}.limit ${formatMib(limitBytes)}`,
    }),
  );
}

function doorLines(owner: Owner): MemoryLine[] {
  const door = { tier: "door" as const, reservedShare: DOOR_RESERVED_SHARE };
  return [
    containerLine(owner, {
      ...door,
      who: "nginx",
      limitBytes: NGINX_BYTES,
      from: "200 streams, 4 zones",
    }),
    containerLine(owner, {
      ...door,
      who: "guard",
      limitBytes: GUARD_BYTES,
      from: "80 connections, 40 streams",
    }),
  ];
}

const BATCH_LINE: MemoryLine = {
  who: "batch",
  tier: "batch",
  limitBytes: BATCH_BYTES,
  reservationBytes: 0,
  swapBytes: 0,
  from: "one job at a time: backup, renewal, drill",
};

/** Who gets which memory of the server, and what is left. Does not judge: see invariants.ts. */
export function memoryMap(spec: EnvironmentSpec): MemoryMap {
  const apps = servicesOf(spec.services, "app").flatMap(([name, app]) =>
    slotLines(spec, name, app),
  );
  const containers = [...doorLines(spec), ...dataLines(spec), ...apps];
  const lines = [...reserve(spec.server.memoryBytes, containers.length), ...containers, BATCH_LINE];
  const usedBytes = lines.reduce((sum, line) => sum + line.limitBytes, 0);
  return {
    serverBytes: spec.server.memoryBytes,
    lines,
    headroomBytes: spec.server.memoryBytes - usedBytes,
  };
}
