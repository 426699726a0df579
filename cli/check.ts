import { styleText } from "node:util";
import { type Environment, planOf } from "../config/environment.ts";
import { OperatorError } from "../core/operator-error.ts";
import { toMib } from "../core/units.ts";
import { warningsOf } from "./warnings.ts";

/** What was found; `holds` says in words what was checked and holds. */
export interface Findings {
  readonly holds: readonly string[];
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
}

function checkOne(environment: Environment): Findings {
  const { name, server } = environment;
  const warnings = warningsOf(environment).map((text) => `environments.${name}.${text}`);
  try {
    const { memory, figures } = planOf(environment);
    const left = `${toMib(memory.headroomBytes)} of ${toMib(server.memory)} MiB are left`;
    const holds = `${name}: the config is valid, ${figures.size} figures fit together, ${left}`;
    return { holds: [holds], warnings, errors: [] };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return { holds: [], warnings, errors: error.problems };
  }
}

/** Checks environments one by one; needs neither Docker nor Terraform. */
export function check(environments: readonly Environment[]): Findings {
  const all = environments.map(checkOne);
  return {
    holds: all.flatMap(({ holds }) => holds),
    warnings: all.flatMap(({ warnings }) => warnings),
    errors: all.flatMap(({ errors }) => errors),
  };
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** A line for each finding, and the verdict. */
export function findingsText({ holds, warnings, errors }: Findings, color: boolean): string {
  const marked = (sign: string, style: "green" | "yellow" | "red") => (text: string) =>
    `${color ? styleText(style, sign, { validateStream: false }) : sign} ${text}`;
  return [
    ...holds.map(marked("✓", "green")),
    ...warnings.map(marked("!", "yellow")),
    ...errors.map(marked("✗", "red")),
    "",
    `${counted(errors.length, "error")}, ${counted(warnings.length, "warning")}`,
  ].join("\n");
}
