import type { Counters } from "./counters.ts";
import type { AdmissionState } from "./state.ts";

const MEBIBYTE = 2 ** 20;

/** What `/stats` shows. Memory is the server's: `alloc` what is in use of it, `sys` all of it; null where unknown. */
export interface Stats {
  /** Requests that have ended, however. */
  readonly total_requests: number;
  readonly rejected_requests: number;
  readonly completed_requests: number;
  readonly active_tasks: number;
  readonly current_concurrency: number;
  readonly base_concurrency: number;
  readonly memory_percent: number | null;
  readonly memory_alloc_mb: number | null;
  readonly memory_sys_mb: number | null;
}

export function statsOf({ host, backends }: AdmissionState, { outcomes }: Counters): Stats {
  const sum = (key: "active" | "limit" | "baseLimit") =>
    backends.reduce((total, backend) => total + backend[key], 0);
  return {
    total_requests: totalOf(outcomes),
    rejected_requests: outcomes.shed,
    completed_requests: outcomes.forwarded,
    active_tasks: sum("active"),
    current_concurrency: sum("limit"),
    base_concurrency: sum("baseLimit"),
    memory_percent: rounded(host.percent, 1),
    memory_alloc_mb: rounded(mib(host.usedBytes), 2),
    memory_sys_mb: rounded(mib(host.limitBytes), 2),
  };
}

export function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function mib(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / MEBIBYTE;
}

function rounded(value: number | undefined, digits: number): number | null {
  return value === undefined ? null : Number(value.toFixed(digits));
}
