import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Score } from "./score.ts";
import { summary } from "./summary.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface Results {
  readonly about: readonly string[];
  readonly scores: readonly Score[];
  /** Whether to write the document. */
  readonly summary: boolean;
}

/** Writes bench/results/overload-<time>.json, and the document when asked for. */
export async function writeResults({ about, scores, summary: isAsked }: Results): Promise<void> {
  const folder = join(ROOT, "bench/results");
  await mkdir(folder, { recursive: true });
  const time = new Date().toISOString().replaceAll(":", "-").slice(0, 19);
  await writeFile(
    join(folder, `overload-${time}.json`),
    JSON.stringify({ about, scores }, null, 2),
  );
  if (isAsked) await writeFile(join(ROOT, "docs/bench/overload.md"), summary(about, scores));
}
