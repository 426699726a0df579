import type { SharedKind } from "./share.ts";

/**
 * Who dies first when the server itself runs out: `oom_score_adj`, each 0.1 % of memory and swap. The door never goes
 * before a service, since nobody can look through a shut one; a slot is back in a second; a cache refills;
 * a database has to recover. Batch jobs can be run again.
 */
export const OOM_SCORES: Readonly<Record<"door" | "batch" | SharedKind, number>> = {
  door: -300,
  postgres: 0,
  redis: 100,
  app: 300,
  batch: 500,
};
