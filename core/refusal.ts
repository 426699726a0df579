import { type Change, tellChange } from "./change.ts";
import { type Problem, tellProblem } from "./problem.ts";
import type { AskedSpec } from "./spec.ts";

/** Why an environment cannot be built on its server, and what can. */
export interface Refusal {
  /** Every rule that it breaks. */
  readonly problems: readonly Problem[];
  /** The nearest plan that fits, as changes to the config; undefined where there is none on that server. */
  readonly offer: readonly Change[] | undefined;
  /** All that was asked for on the smallest server that it fits, as changes; undefined where memory is not the matter. */
  readonly larger: readonly Change[] | undefined;
}

export function isRefusal(verdict: object): verdict is Refusal {
  return "problems" in verdict;
}

/** A line for each problem, and one for each plan that fits. */
export function tellRefusal(spec: AskedSpec, { problems, offer, larger }: Refusal): string[] {
  const path = `environments.${spec.name}`;
  const told = (changes: readonly Change[]) =>
    changes.map((change) => tellChange(spec, change)).join(", ");
  const fits = offer ? `this fits: ${told(offer)}` : "nothing of it fits as it is";
  return [
    ...problems.map((problem) => `${path}.${tellProblem(problem)}`),
    `${path}: ${fits}${larger ? `; or all of it with ${told(larger)}` : ""}`,
  ];
}
