/**
 * Something that the operator can put right: shown without a stack trace, exit code 2.
 * Each problem is one line: `path or thing: rule, got value; fix`.
 */
export class OperatorError extends Error {
  readonly problems: readonly string[];

  constructor(problems: string | readonly string[]) {
    const list = typeof problems === "string" ? [problems] : problems;
    super(list.join("\n"));
    this.name = "OperatorError";
    this.problems = list;
  }
}
