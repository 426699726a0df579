import type { Arm } from "./arms/arm.ts";
import { haproxy } from "./arms/haproxy.ts";
import { nginx } from "./arms/nginx.ts";
import type { Job, Limits } from "./plan.ts";
import { PROFILES } from "./profiles.ts";
import type { Score } from "./score.ts";

const VALUES = [2, 3, 4, 5, 6, 7];
const SEEDS = [1, 2, 3];

/** Both static arms with every limit, under step. */
export function sweepJobs(): Job[] {
  const profile = PROFILES.find(({ name }) => name === "step") as Job["profile"];
  const arms = VALUES.flatMap((limit) => [nginx(limit), haproxy(limit)]);
  return SEEDS.flatMap((seed) => arms.map((arm) => ({ arm, profile, seed })));
}

/** The limit of each that carried most without a death. */
export function bestLimits(scores: readonly Score[]): Limits {
  return { nginx: best(nginx, scores), haproxy: best(haproxy, scores) };
}

function best(arm: (limit: number) => Arm, scores: readonly Score[]): number {
  const [first] = scores
    .filter(({ deaths }) => deaths === 0)
    .toSorted((one, other) => other.goodputBytesPerS - one.goodputBytesPerS)
    .flatMap((score) => VALUES.filter((limit) => arm(limit).name === score.arm));
  return first ?? 1;
}
