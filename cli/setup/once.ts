import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OperatorError } from "../../core/operator-error.ts";
import { MINUTE_MS } from "../../core/units.ts";
import { withFolderLock } from "../folder-lock.ts";
import type { Report } from "../report.ts";
import { cacheFolder } from "./cache-folder.ts";

/** Longer than a provider build on one slow core. */
const WAIT_MS = 30 * MINUTE_MS;

export interface Work {
  /** The file that the work makes; it appears whole or not at all. */
  readonly file: string;
  /** As the operator knows it: `docker provider`. */
  readonly thing: string;
  readonly isDone: () => Promise<boolean>;
  readonly make: () => Promise<void>;
}

/** Not beside the file: Terraform takes everything in a provider's folder for a part of it. */
function lockFolder({ thing }: Work): string {
  return join(cacheFolder(), "locks", thing.replaceAll(" ", "-"));
}

/** Makes something once per machine: a second run at the same time waits and finds it done. */
export async function makeOnce(work: Work, report: Report): Promise<void> {
  await mkdir(dirname(work.file), { recursive: true });
  const onWait = () => report.step(`${work.thing}: another run is making it, waiting for it`);
  const { held } = await withFolderLock(lockFolder(work), { waitMs: WAIT_MS, onWait }, async () => {
    if (!(await work.isDone())) await work.make();
  });
  if (!held) return;
  throw new OperatorError(
    `${work.thing}: another run has been making it for ${WAIT_MS / MINUTE_MS} minutes; end it and try again`,
  );
}
