import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Score } from "./score.ts";
import { summary } from "./summary.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface Results {
  readonly about: readonly string[];
  readonly scores: readonly Score[];
}

/** Writes bench/results/overload-<time>.json, and the document when asked for. */
export async function writeResults(results: Results, isDocument: boolean): Promise<void> {
  const folder = join(ROOT, "bench/results");
  await mkdir(folder, { recursive: true });
  const time = new Date().toISOString().replaceAll(":", "-").slice(0, 19);
  await writeFile(join(folder, `overload-${time}.json`), JSON.stringify(results, null, 2));
  if (!isDocument) return;
  await mkdir(join(ROOT, "docs/bench"), { recursive: true });
  await writeFile(join(ROOT, "docs/bench/overload.md"), summary(results));
}

export async function readResults(file: string): Promise<Results> {
  return JSON.parse(await readFile(file, "utf8"));
}

/** The scores of both; where both have an arm under a profile, the newer one's. */
export function joinResults(newer: Results, older: Results): Results {
  const names = new Set(newer.scores.map(nameOf));
  const kept = older.scores.filter((score) => !names.has(nameOf(score)));
  const scores = [...newer.scores, ...kept];
  const about = [...newer.about, "with, from an earlier run:", ...older.about];
  return { about, scores };
}

function nameOf({ profile, arm }: Score): string {
  return `${profile} ${arm}`;
}
