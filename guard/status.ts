import type { Counters } from "./counters.ts";
import type { AdmissionState } from "./state.ts";
import { totalOf } from "./stats.ts";
import { VERSION } from "./version.ts";

/** What `/status.json` tells the status page. */
export interface Status extends AdmissionState {
  readonly version: string;
  readonly uptimeMs: number;
  readonly enabled: boolean;
  readonly draining: boolean;
  /** Percentages at which STABLE, WARNING, HIGH and CRITICAL begin. */
  readonly edges: readonly number[];
  readonly totals: { readonly requests: number; readonly rejected: number };
  readonly leases: { readonly count: number; readonly bytes: number };
}

export type StatusFrame = Pick<Status, "enabled" | "draining" | "edges" | "leases">;

export function statusOf(state: AdmissionState, counters: Counters, frame: StatusFrame): Status {
  return {
    ...frame,
    version: VERSION,
    uptimeMs: Math.round(process.uptime() * 1000),
    totals: { requests: totalOf(counters.outcomes), rejected: counters.outcomes.shed },
    ...state,
  };
}
