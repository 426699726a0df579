import type { Arm } from "./arms/arm.ts";
import { haproxy } from "./arms/haproxy.ts";
import { nginx } from "./arms/nginx.ts";
import type { Job, Limits } from "./plan.ts";
import { PROFILES } from "./profiles.ts";
import { table } from "./report.ts";
import type { Run } from "./run.ts";
import { score } from "./score.ts";

const VALUES = [1, 2, 3, 4, 5, 6];
const SEEDS = [1, 2, 3];

/** The limit of each static arm that carries most under step without a death. */
export async function bestLimits(
  playAll: (jobs: readonly Job[]) => Promise<Run[]>,
): Promise<Limits> {
  return { nginx: await best(nginx, playAll), haproxy: await best(haproxy, playAll) };
}

async function best(
  arm: (limit: number) => Arm,
  playAll: (jobs: readonly Job[]) => Promise<Run[]>,
): Promise<number> {
  const profile = PROFILES.find(({ name }) => name === "step") as Job["profile"];
  const jobs = VALUES.flatMap((limit) => SEEDS.map((seed) => ({ arm: arm(limit), profile, seed })));
  const runs = await playAll(jobs);
  const scores = VALUES.map((limit) => {
    const own = runs.filter((run) => run.arm === arm(limit).name);
    return { limit, ...score(own as [Run, ...Run[]]) };
  });
  console.log(table(scores));
  const safe = scores.filter(({ deaths }) => deaths === 0);
  return (
    safe.toSorted((one, other) => other.goodputBytesPerS - one.goodputBytesPerS)[0]?.limit ?? 1
  );
}
