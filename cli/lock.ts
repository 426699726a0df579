import { mkdir } from "node:fs/promises";
import { lock } from "proper-lockfile";
import type { Environment } from "../config/environment.ts";
import { OperatorError } from "../core/operator-error.ts";
import { stateFolder } from "../stacks/target-record.ts";

/** A lock that nobody refreshed for so long belongs to a process that was killed. */
const STALE_MS = 15_000;

/**
 * Runs `work` while no other run of this user's changes the environment on that target.
 * @throws OperatorError when another one does
 */
export async function withLock<T>(environment: Environment, work: () => Promise<T>): Promise<T> {
  const folder = stateFolder(environment);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let release: () => Promise<void>;
  try {
    release = await lock(folder, { stale: STALE_MS });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    throw new OperatorError(
      `environments.${environment.name}: one change at a time, got another up or down on ${environment.target} under way; ` +
        `wait for it (a killed one frees the lock after ${STALE_MS / 1000} s)`,
    );
  }
  try {
    return await work();
  } finally {
    await release();
  }
}
