import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { lock, unlockSync } from "proper-lockfile";
import { OperatorError } from "../../core/operator-error.ts";
import type { Report } from "../report.ts";

/** How long to wait for another run; a lock whose owner died is taken over after some seconds. */
const WAIT_SECONDS = 3_600;

const folder = () =>
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "plimsoll", "image-builds");

/**
 * Runs one build of images at a time: two runs would both build the same image, and the later one would replace what the
 * earlier one has begun to use.
 *
 * @throws OperatorError when another run builds for longer than an hour
 */
export async function withBuildLock<T>(report: Report, work: () => Promise<T>): Promise<T> {
  const release = await acquire(report);
  // The library frees its locks at exit by itself, but not while execa runs a program: their signal handlers collide.
  process.once("exit", releaseAtExit);
  try {
    return await work();
  } finally {
    process.off("exit", releaseAtExit);
    // Only a lock that was lost cannot be released, and that was said when it happened.
    await release().catch(() => undefined);
  }
}

function releaseAtExit(): void {
  try {
    unlockSync(folder());
  } catch {
    // Lost before: nothing of ours is left to free.
  }
}

async function acquire(report: Report): Promise<() => Promise<void>> {
  await mkdir(folder(), { recursive: true });
  // A laptop that slept loses the lock; two builders are a waste then, not a danger.
  const onCompromised = () => report.warn("images: the lock on image builds was lost; carrying on");
  try {
    return await lock(folder(), { onCompromised });
  } catch {
    report.step("images: another run is building; waiting for it");
  }
  const retries = { retries: WAIT_SECONDS, factor: 1, minTimeout: 1_000, maxTimeout: 1_000 };
  return lock(folder(), { onCompromised, retries }).catch(() => {
    throw new OperatorError(
      `images: another run has been building for ${WAIT_SECONDS / 60} minutes; end it and try again`,
    );
  });
}
