import type { Environment } from "../config/environment.ts";
import { OperatorError } from "../core/operator-error.ts";
import { SECOND_MS } from "../core/units.ts";
import { stateFolder } from "../stacks/target-record.ts";
import { STALE_MS, withFolderLock } from "./folder-lock.ts";

/**
 * Runs `work` while no other run of this user's changes the environment on that target.
 * @throws OperatorError when another one does
 */
export async function withLock(environment: Environment, work: () => Promise<void>): Promise<void> {
  const { held } = await withFolderLock(stateFolder(environment), {}, work);
  if (!held) return;
  throw new OperatorError(
    `environments.${environment.name}: one change at a time, got another up or down on ${environment.target} under way; ` +
      `wait for it (a killed one frees the lock after ${STALE_MS / SECOND_MS} s)`,
  );
}
