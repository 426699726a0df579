import { join } from "node:path";
import { OperatorError } from "../../core/operator-error.ts";
import { MINUTE_MS } from "../../core/units.ts";
import { withFolderLock } from "../folder-lock.ts";
import type { Report } from "../report.ts";
import { cacheFolder } from "../setup/cache-folder.ts";

const WAIT_MS = 60 * MINUTE_MS;

/**
 * Runs one build of images at a time: two runs would both build the same image, and the later one would replace what the
 * earlier one has begun to use.
 *
 * @throws OperatorError when another run builds for longer than an hour
 */
export async function withBuildLock<T>(report: Report, work: () => Promise<T>): Promise<T> {
  const onWait = () => report.step("images: another run is building; waiting for it");
  const outcome = await withFolderLock(
    join(cacheFolder(), "image-builds"),
    { waitMs: WAIT_MS, onWait },
    work,
  );
  if (!outcome.held) return outcome.value;
  throw new OperatorError(
    `images: another run has been building for ${WAIT_MS / MINUTE_MS} minutes; end it and try again`,
  );
}
