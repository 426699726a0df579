import { type Change, diffOf } from "./change.ts";
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

/** An entry for each problem, and one with a diff of the config for each plan that fits. */
export function tellRefusal(spec: AskedSpec, { problems, offer, larger }: Refusal): string[] {
  const path = `environments.${spec.name}`;
  const diff = (what: string, changes: readonly Change[]) =>
    [what, ...changes.flatMap((change) => diffOf(spec, change))].join("\n    ");
  return [
    ...problems.map((problem) => `${path}.${tellProblem(problem)}`),
    offer ? diff(`${path}: this fits:`, offer) : `${path}: nothing of it fits as it is`,
    ...(larger ? [diff(`${path}: all of it fits with:`, larger)] : []),
  ];
}
