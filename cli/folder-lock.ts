import { mkdir } from "node:fs/promises";
import { lock, unlockSync } from "proper-lockfile";

/** A lock that nobody refreshed for so long belongs to a process that was killed. */
export const STALE_MS = 15_000;
const RETRY_INTERVAL_MS = 1000;

export interface FolderLockOptions {
  /** How long to wait for another holder, ms. @default not at all */
  readonly waitMs?: number;
  /** Called once when another one holds it and we wait. */
  readonly onWait?: () => void;
}

function isHeld(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ELOCKED";
}

/**
 * A machine that slept through the refreshing finds its lock taken for a dead one's. By default that throws out of
 * a timer; what the locks here guard is written whole or not at all, so carrying on is safe.
 */
const onCompromised = () => {};

async function acquire(
  folder: string,
  { waitMs, onWait }: FolderLockOptions,
): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const options = { stale: STALE_MS, onCompromised };
  try {
    return await lock(folder, options);
  } catch (error) {
    if (!isHeld(error) || waitMs === undefined) throw error;
  }
  onWait?.();
  const interval = { minTimeout: RETRY_INTERVAL_MS, maxTimeout: RETRY_INTERVAL_MS, factor: 1 };
  return lock(folder, {
    ...options,
    retries: { retries: waitMs / RETRY_INTERVAL_MS, ...interval },
  });
}

/**
 * Runs `work` while no other process holds the lock on that folder, which is made if need be.
 * @returns `held` where another one still held it in the end; `work` did not run then
 */
export async function withFolderLock<T>(
  folder: string,
  options: FolderLockOptions,
  work: () => Promise<T>,
): Promise<{ readonly held: true } | { readonly held: false; readonly value: T }> {
  let release: () => Promise<void>;
  try {
    release = await acquire(folder, options);
  } catch (error) {
    if (isHeld(error)) return { held: true };
    throw error;
  }
  const releaseAtExit = () => {
    try {
      unlockSync(folder);
    } catch {
      // Lost before: nothing of ours is left to free.
    }
  };
  // The library frees its locks at exit by itself, but not while execa runs a program: their signal handlers collide.
  process.once("exit", releaseAtExit);
  try {
    return { held: false, value: await work() };
  } finally {
    process.off("exit", releaseAtExit);
    // Fails only where the lock was lost on the way.
    await release().catch(() => undefined);
  }
}
