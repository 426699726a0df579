import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { CostSample } from "./route-costs.ts";

/** Samples by route. */
export type CostHistory = Readonly<Record<string, readonly CostSample[]>>;

/** Raised when what is written means something else. */
const VERSION = 1;
/** What was true longer ago was another program. */
const MAX_AGE_MS = 7 * 24 * 3_600_000;
const SAMPLE_KEYS = ["expectedBytes", "actualBytes", "durationMs"] as const;

/** What was learned about costs, kept across restarts in one small file. */
export class CostFile {
  readonly #path: string;
  readonly #key: string;

  /** @param key what the costs depend on: those kept under another key are ignored. */
  constructor(path: string, key: string) {
    this.#path = path;
    this.#key = key;
  }

  /** Empty where there is no such file, or one that is too old, damaged or of another key: then all is learned anew. */
  read(wallMs: number): CostHistory {
    try {
      const file = JSON.parse(readFileSync(this.#path, "utf8"));
      const isOurs = file.version === VERSION && file.key === this.#key;
      const ageMs = wallMs - file.savedMs;
      return isOurs && ageMs >= 0 && ageMs <= MAX_AGE_MS && isHistory(file.routes)
        ? file.routes
        : {};
    } catch {
      return {};
    }
  }

  /** Whole or not at all: a reader never sees a half of it. @throws an ErrnoException when it cannot be written. */
  write(routes: CostHistory, wallMs: number): void {
    const text = JSON.stringify({ version: VERSION, key: this.#key, savedMs: wallMs, routes });
    writeFileSync(`${this.#path}.new`, text);
    renameSync(`${this.#path}.new`, this.#path);
  }
}

function isHistory(value: unknown): value is CostHistory {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((samples) => Array.isArray(samples) && samples.every(isSample));
}

function isSample(value: unknown): value is CostSample {
  if (typeof value !== "object" || value === null) return false;
  const sample = value as Record<string, unknown>;
  const isWhole = SAMPLE_KEYS.every(
    (key) => Number.isFinite(sample[key]) && Number(sample[key]) >= 0,
  );
  return isWhole && Number(sample["expectedBytes"]) > 0;
}
