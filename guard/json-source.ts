import { readFileSync } from "node:fs";

/** Whether GUARD_CONFIG holds the JSON itself, as in a container without a file of its own. */
export function isInlineJson(text: string): boolean {
  return text.trimStart().startsWith("{");
}

/**
 * What GUARD_CONFIG says: JSON, or the path of a file of it.
 * @throws Error when it cannot be read or is no JSON.
 */
export function readJsonSource(text: string): unknown {
  return JSON.parse(isInlineJson(text) ? text : readFileSync(text, "utf8"));
}
