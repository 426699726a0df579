import type { Allocation } from "./allocation/allocate.ts";
import { OOM_SCORES } from "./allocation/oom-score.ts";
import { type Overhead, overheads } from "./allocation/overhead.ts";
import { containerName, type Owner } from "./names.ts";
import type { AskedSpec, ServiceSpec, SiteSpec } from "./spec.ts";
import { formatMib, wholeMib } from "./units.ts";

/** One row of the memory map. Container rows carry the container's name. */
export interface MemoryLine {
  readonly who: string;
  readonly tier: "reserve" | "door" | "service" | "batch";
  readonly limitBytes: number;
  readonly reservationBytes: number;
  /** Swap that this may use beyond its limit. */
  readonly swapBytes: number;
  /** `oom_score_adj`; undefined for the reserve, whose processes have their own. */
  readonly oomScoreAdj?: number;
  /** What the limit was computed from, for people. */
  readonly from: string;
  readonly container?: string;
  /** Whose container it is; undefined outside the service tier. */
  readonly service?: string;
}

export interface MemoryMap {
  readonly serverBytes: number;
  readonly lines: readonly MemoryLine[];
  /** What is left for the page cache. Negative when the services do not fit. */
  readonly headroomBytes: number;
}

/** The door must not be reclaimed under pressure. */
const DOOR_RESERVED_SHARE = 0.75;
const SERVICE_ORDER = ["postgres", "redis", "app"] as const;

function overheadLine(owner: Owner, { who, tier, exactBytes, from }: Overhead): MemoryLine {
  const limitBytes = wholeMib(exactBytes);
  const door = tier === "door";
  return {
    who,
    tier,
    limitBytes,
    reservationBytes: door ? wholeMib(limitBytes * DOOR_RESERVED_SHARE) : 0,
    swapBytes: 0,
    from,
    ...(tier !== "reserve" && { oomScoreAdj: OOM_SCORES[tier] }),
    ...(door && { container: containerName(owner, who) }),
  };
}

function serviceLines(
  owner: Owner,
  [name, service]: readonly [string, Exclude<ServiceSpec, SiteSpec>],
  from: string,
): MemoryLine[] {
  const { kind, limitBytes, reservationBytes, swapBytes } = service;
  const indices =
    kind === "app" ? Array.from({ length: service.slots }, (_, at) => at + 1) : [undefined];
  return indices.map((index) => ({
    who: index === undefined ? name : `${name}-${index}`,
    tier: "service",
    limitBytes,
    reservationBytes,
    swapBytes,
    oomScoreAdj: OOM_SCORES[kind],
    from,
    container: containerName(owner, name, index),
    service: name,
  }));
}

function fromOf(name: string, asked: AskedSpec["services"][string]): string {
  if (asked.kind === "site" || asked.limitBytes === undefined) return "share of what is left";
  return `services.${name}.limit ${formatMib(asked.limitBytes)}`;
}

function allServiceLines(asked: AskedSpec, { spec }: Allocation): MemoryLine[] {
  const entries = Object.entries(spec.services);
  return SERVICE_ORDER.flatMap((kind) =>
    entries.flatMap(([name, service]) =>
      service.kind === "site" || service.kind !== kind
        ? []
        : serviceLines(asked, [name, service], fromOf(name, asked.services[name] ?? service)),
    ),
  );
}

/** Who gets which memory of the server, and what is left. Does not judge: see invariants/. */
export function memoryMap(asked: AskedSpec, allocation: Allocation): MemoryMap {
  const overhead = overheads(asked).map((one) => overheadLine(asked, one));
  const [batch, others] = [
    overhead.filter(({ tier }) => tier === "batch"),
    overhead.filter(({ tier }) => tier !== "batch"),
  ];
  const lines = [...others, ...allServiceLines(asked, allocation), ...batch];
  const usedBytes = lines.reduce((sum, line) => sum + line.limitBytes, 0);
  return {
    serverBytes: asked.server.memoryBytes,
    lines,
    headroomBytes: asked.server.memoryBytes - usedBytes,
  };
}
