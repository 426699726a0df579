import type { Plan } from "../plan.ts";
import type { Problem } from "../problem.ts";
import { disk } from "./disk.ts";
import { floors } from "./floors.ts";
import { heaps } from "./heaps.ts";
import { oomOrder } from "./oom-order.ts";
import { pools } from "./pools.ts";
import { processes } from "./processes.ts";
import { reservations } from "./reservations.ts";
import type { Rule } from "./rule.ts";
import { slices } from "./slices.ts";
import { sum } from "./sum.ts";
import { swap } from "./swap.ts";
import { thresholds } from "./thresholds.ts";
import { timeouts } from "./timeouts.ts";
import { whole } from "./whole.ts";
import { worstCase } from "./worst-case.ts";

const RULES: readonly Rule[] = [
  sum,
  floors,
  whole,
  reservations,
  swap,
  heaps,
  pools,
  slices,
  oomOrder,
  worstCase,
  processes,
  thresholds,
  timeouts,
  disk,
];

/** Everything that keeps this plan from being safe on its server; empty when it holds. */
export function violations(plan: Plan): Problem[] {
  return RULES.flatMap((rule) => rule(plan));
}
