import type { SharedKind } from "./share.ts";

/**
 * Who dies first when the server itself runs out: `oom_score_adj`, each 0.1 % of memory and swap. The door never goes
 * before a service, since nobody can look through a shut one; a slot is back in a second; a cache refills;
 * a database has to recover. Batch jobs can be run again.
 * The door has Docker's own 0 and the others stand above it: raising a score takes no privilege, lowering one does.
 */
export const OOM_SCORES: Readonly<Record<"door" | "batch" | SharedKind, number>> = {
  door: 0,
  postgres: 100,
  redis: 200,
  app: 400,
  batch: 600,
};
