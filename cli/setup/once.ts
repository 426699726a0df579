import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { lock } from "proper-lockfile";
import type { Report } from "../report.ts";

/** Refreshed while the work goes on; a lock that nobody refreshed for so long belongs to a run that was killed. */
const STALE_MS = 15_000;
/** One question a second for half an hour: longer than a provider build on one slow core. */
const RETRY_COUNT = 1800;
const RETRY_INTERVAL_MS = 1000;

const intervals = { minTimeout: RETRY_INTERVAL_MS, maxTimeout: RETRY_INTERVAL_MS, factor: 1 };

export interface Work {
  /** The file that the work makes; it appears whole or not at all. */
  readonly file: string;
  /** As the operator knows it: `docker provider`. */
  readonly thing: string;
  readonly isDone: () => Promise<boolean>;
  readonly make: () => Promise<void>;
}

/**
 * A machine that slept through the refreshing finds its lock taken for a dead run's. By default that throws out of a
 * timer; at worst two runs make the same file, and it appears whole all the same.
 */
const onCompromised = () => {};

async function hold(work: Work, report: Report): Promise<() => Promise<void>> {
  const options = { realpath: false, stale: STALE_MS, onCompromised };
  try {
    return await lock(work.file, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
  }
  report.step(`${work.thing}: another run is making it, waiting for it`);
  return lock(work.file, { ...options, retries: { retries: RETRY_COUNT, ...intervals } });
}

/** Makes something once per machine: a second run at the same time waits and finds it done. */
export async function makeOnce(work: Work, report: Report): Promise<void> {
  await mkdir(dirname(work.file), { recursive: true });
  const release = await hold(work, report);
  try {
    if (!(await work.isDone())) await work.make();
  } finally {
    // Fails only where the lock was lost on the way.
    await release().catch(() => {});
  }
}
