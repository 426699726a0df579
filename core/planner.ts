import { violations } from "./invariants/violations.ts";
import { larger, nearest } from "./offer/nearest.ts";
import { repaired } from "./offer/repaired.ts";
import { OperatorError } from "./operator-error.ts";
import { compute, type Plan } from "./plan.ts";
import { type Refusal, tellRefusal } from "./refusal.ts";
import type { AskedSpec } from "./spec.ts";

/** @throws OperatorError with a refusal: every rule that the environment breaks, and the nearest plan that fits. */
export function planEnvironment(asked: AskedSpec): Plan {
  const plan = compute(asked);
  const problems = violations(plan);
  if (problems.length === 0) return plan;
  const mended = repaired(asked);
  const refusal: Refusal = {
    problems,
    offer: nearest(asked, mended),
    larger: larger(asked, mended),
  };
  throw new OperatorError(tellRefusal(asked, refusal), refusal);
}
