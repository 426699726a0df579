import type { Plan } from "../plan.ts";
import type { Problem } from "../problem.ts";
import { floors } from "./floors.ts";
import { heaps } from "./heaps.ts";
import { oomOrder } from "./oom-order.ts";
import { pools } from "./pools.ts";
import { reservations } from "./reservations.ts";
import type { Rule } from "./rule.ts";
import { slices } from "./slices.ts";
import { sum } from "./sum.ts";
import { swap } from "./swap.ts";
import { whole } from "./whole.ts";

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
];

/** Everything that keeps this plan from being safe on its server; empty when it holds. */
export function violations(plan: Plan): Problem[] {
  return RULES.flatMap((rule) => rule(plan));
}
