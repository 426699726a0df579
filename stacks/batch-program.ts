import { readFileSync } from "node:fs";

/** What a container of the batch tier runs: the named files of templates/batch, one after the other. */
export function batchProgram(parts: readonly string[]): string {
  const texts = parts.map((part) =>
    readFileSync(new URL(`../templates/batch/${part}.sh`, import.meta.url), "utf8"),
  );
  return texts.join("\n");
}
