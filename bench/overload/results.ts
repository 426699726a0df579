import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Score } from "./score.ts";
import { summary } from "./summary.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface Results {
  readonly about: readonly string[];
  readonly scores: readonly Score[];
}

/** bench/results/overload-<time>.json */
export async function resultsFile(): Promise<string> {
  const folder = join(ROOT, "bench/results");
  await mkdir(folder, { recursive: true });
  const time = new Date().toISOString().replaceAll(":", "-").slice(0, 19);
  return join(folder, `overload-${time}.json`);
}

export function writeJson(file: string, results: Results): Promise<void> {
  return writeFile(file, JSON.stringify(results, null, 2));
}

/** Writes docs/bench/overload.md. */
export async function writeDocument(results: Results): Promise<void> {
  const folder = join(ROOT, "docs/bench");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "overload.md"), summary(results));
}

export async function readResults(file: string): Promise<Results> {
  return JSON.parse(await readFile(file, "utf8"));
}

/** The scores of both; where both have an arm under a profile, the newer one's. */
export function joinResults(newer: Results, older: Results): Results {
  const names = new Set(newer.scores.map(nameOf));
  const kept = older.scores.filter((score) => !names.has(nameOf(score)));
  const scores = [...newer.scores, ...kept];
  const earlier = older.about.length > 0 ? ["with, from an earlier run:", ...older.about] : [];
  const about = [...newer.about, ...earlier];
  return { about, scores };
}

function nameOf({ profile, arm }: Score): string {
  return `${profile} ${arm}`;
}
