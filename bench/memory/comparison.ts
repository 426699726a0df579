import type { MemoryLine } from "../../core/memory-map.ts";
import type { MemoryUse } from "../../core/memory-use.ts";
import { MIB } from "../../core/units.ts";
import type { Held, Sample } from "./sample.ts";

/** A plan that is further off is no plan. */
const TOLERANCE_PERCENT = 25;
/** A quarter of the smallest lines is a few dozen pages: below this they are equal. */
const RESOLUTION_BYTES = 3 * MIB;

/** A planned line beside what was measured; MiB and percent of the plan. */
export interface Row {
  readonly who: string;
  readonly limit: number;
  readonly idle: string;
  readonly loaded: string;
  readonly off: string;
  readonly workingSet: number;
  readonly peak: number | undefined;
}

export interface Comparison {
  readonly lines: readonly MemoryLine[];
  readonly uses: readonly MemoryUse[];
  readonly idle: Sample;
  readonly loaded: Sample;
}

const mib = (bytes: number) => Math.round((bytes / MIB) * 10) / 10;

function percentOff(plannedBytes: number, measuredBytes: number): number {
  return Math.round((100 * (measuredBytes - plannedBytes)) / plannedBytes);
}

function isOff(plannedBytes: number, measuredBytes: number): boolean {
  const apart = Math.abs(measuredBytes - plannedBytes);
  return apart > RESOLUTION_BYTES && 100 * apart > TOLERANCE_PERCENT * plannedBytes;
}

function cell(plannedBytes: number, measuredBytes: number): string {
  const percent = percentOff(plannedBytes, measuredBytes);
  return `${mib(plannedBytes)} / ${mib(measuredBytes)} (${percent > 0 ? "+" : ""}${percent} %)`;
}

function rowOf(line: MemoryLine, use: MemoryUse, [calm, busy]: readonly [Held, Held]): Row {
  const wrong = [
    ...(isOff(use.idleBytes, calm.useBytes) ? ["idle"] : []),
    ...(isOff(use.loadedBytes, busy.useBytes) ? ["loaded"] : []),
  ];
  return {
    who: line.who,
    limit: mib(line.limitBytes),
    idle: cell(use.idleBytes, calm.useBytes),
    loaded: cell(use.loadedBytes, busy.useBytes),
    off: wrong.join(", "),
    workingSet: mib(busy.workingSetBytes),
    peak: busy.peakBytes === undefined ? undefined : mib(busy.peakBytes),
  };
}

/** One row for each planned line that was measured. */
export function compare({ lines, uses, idle, loaded }: Comparison): Row[] {
  return lines.flatMap((line) => {
    const use = uses.find(({ who }) => who === line.who);
    const key = line.container ?? line.who;
    const [calm, busy] = [idle.get(key), loaded.get(key)];
    return use && calm && busy ? [rowOf(line, use, [calm, busy])] : [];
  });
}
