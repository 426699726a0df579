import { violations } from "./invariants/violations.ts";
import { larger, nearest } from "./offer/nearest.ts";
import { repaired } from "./offer/repaired.ts";
import { OperatorError } from "./operator-error.ts";
import { compute, type Plan } from "./plan.ts";
import { isRefusal, type Refusal, tellRefusal } from "./refusal.ts";
import type { AskedSpec } from "./spec.ts";

/** A plan that holds every rule, or every rule that it would break and the nearest plan that fits. */
export function judge(asked: AskedSpec): Plan | Refusal {
  const plan = compute(asked);
  const problems = violations(plan);
  if (problems.length === 0) return plan;
  const mended = repaired(asked);
  return { problems, offer: nearest(asked, mended), larger: larger(asked, mended) };
}

/** @throws OperatorError with the refusal, where it is one. */
export function planEnvironment(asked: AskedSpec): Plan {
  const verdict = judge(asked);
  if (isRefusal(verdict)) throw new OperatorError(tellRefusal(asked, verdict), verdict);
  return verdict;
}
