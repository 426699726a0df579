import { CONFIG_VARIABLE } from "../../stacks/constructs/config-file.ts";
import { declaredVariables, type Subject } from "./context.ts";

/** The text of the config file that a container's program was given; empty where there is none. */
export function declaredText(subject: Subject): string {
  return declaredVariables(subject).get(CONFIG_VARIABLE) ?? "";
}

/** Its settings, one a line: `key value` as Redis has them, or `key = 'value'` as Postgres does. */
export function declaredSettings(subject: Subject): Map<string, string> {
  const lines = declaredText(subject)
    .split("\n")
    .map((line) => /^([\w-]+)(?:\s*=\s*|\s+)(.*)$/.exec(line.trim()))
    .filter((match) => match !== null);
  return new Map(
    lines.map(([, key = "", value = ""]) => [key, value.replace(/^(['"])(.*)\1$/, "$2")]),
  );
}
