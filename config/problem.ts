import type { z } from "zod";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** The value at a path of plain data; undefined where the path ends early. */
function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    data,
  );
}

/** `path: rule, got value; fix` out of zod's `rule; fix`. */
function line(path: Path, message: string, value: unknown): string {
  const [rule = "", ...fix] = message.split("; ");
  const got = value === undefined ? "nothing" : JSON.stringify(value);
  const text = `${rule.charAt(0).toLowerCase()}${rule.slice(1)}, got ${got}`;
  return `${path.join(".")}: ${[text, ...fix].join("; ")}`;
}

function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys): string[] {
  return issue.keys.map(
    (key) => `${[...issue.path, key].join(".")}: unknown key; remove it or correct its name`,
  );
}

function linesOf(issue: Issue, data: unknown): string[] {
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownKeys(issue);
    case "invalid_key":
      return issue.issues.map((inner) => line(issue.path, inner.message, issue.path.at(-1)));
    default:
      return [line(issue.path, issue.message, valueAt(data, issue.path))];
  }
}

/** One line a problem: `path: rule, got value; fix`. */
export function problemsOf(error: z.ZodError, data: unknown): string[] {
  return error.issues.flatMap((issue) => linesOf(issue, data));
}
