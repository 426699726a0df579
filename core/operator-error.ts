import type { Refusal } from "./refusal.ts";

/**
 * Something that the operator can put right: shown without a stack trace, exit code 2.
 * Each problem is one line: `path or thing: rule, got value; fix`.
 */
export class OperatorError extends Error {
  readonly problems: readonly string[];
  /** Of a plan that does not fit its server: the same for programs. */
  readonly refusal: Refusal | undefined;

  constructor(problems: string | readonly string[], refusal?: Refusal) {
    const list = typeof problems === "string" ? [problems] : problems;
    super(list.join("\n"));
    this.name = "OperatorError";
    this.problems = list;
    this.refusal = refusal;
  }
}
