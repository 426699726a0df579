import type { z } from "zod";
import { isSecretKey, shown } from "./secret.ts";
import { CREDENTIALS } from "./state.ts";

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
  const text = `${rule.charAt(0).toLowerCase()}${rule.slice(1)}, got ${shown(value)}`;
  return `${path.join(".")}: ${[text, ...fix].join("; ")}`;
}

/** The environment variables that say what such a key of a backend would. */
function credentials(path: Path, key: string, data: unknown): string | undefined {
  if (path.at(-1) !== "state" || !isSecretKey(key)) return undefined;
  return CREDENTIALS[String(valueAt(data, [...path, "backend"]))];
}

function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, data: unknown): string[] {
  return issue.keys.map((key) => {
    const path = [...issue.path, key].join(".");
    const variables = credentials(issue.path, key, data);
    return variables
      ? `${path}: no credentials in the config, got one that is not shown; put it into ${variables}`
      : `${path}: unknown key; remove it or correct its name`;
  });
}

function linesOf(issue: Issue, data: unknown): string[] {
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownKeys(issue, data);
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
