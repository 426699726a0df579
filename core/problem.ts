import type { Change } from "./change.ts";

/** A rule that a plan breaks, in the parts of its line. */
export interface Problem {
  /** The config's key: `services.chat.limit`. */
  readonly path: string;
  readonly rule: string;
  /** What was there instead, with its unit. */
  readonly got: string;
  readonly fix: string;
  /** The fix as edits, where the rule can say it by itself; the sum cannot: see refusal.ts. */
  readonly repair?: readonly Change[] | undefined;
}

/** `path: rule, got value; fix`. */
export function tellProblem({ path, rule, got, fix }: Problem): string {
  return `${path}: ${rule}, got ${got}; ${fix}`;
}
