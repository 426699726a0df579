import { OOM_SCORES } from "../core/allocation/oom-score.ts";
import { cgroupParent } from "../core/cgroup.ts";
import type { Plan } from "../core/plan.ts";
import { toMib } from "../core/units.ts";
import type { Deployment } from "./deployment.ts";

/** The environment whose batch tier it is. */
export interface TierPlace extends Pick<Deployment, "environment" | "cgroupDriver"> {
  readonly plan: Pick<Plan, "memory">;
}

/** Postgres' own small share: work that can wait must not slow requests. */
const CPU_SHARES = "128";

/** Of the tier, and of each container in it. */
export function batchLimitMib({ plan }: Pick<TierPlace, "plan">): number {
  const batch = plan.memory.lines.find(({ tier }) => tier === "batch");
  if (!batch) throw new Error("no memory line for the batch tier");
  return toMib(batch.limitBytes);
}

/** What puts a container into the batch tier, with the tier's memory and no swap. */
export function tierOptions({ environment, cgroupDriver, plan }: TierPlace): string[] {
  const limit = `${batchLimitMib({ plan })}m`;
  return [
    `--cgroup-parent=${cgroupParent(cgroupDriver, environment, ["batch"])}`,
    `--oom-score-adj=${OOM_SCORES.batch}`,
    ...[`--memory=${limit}`, `--memory-swap=${limit}`, `--cpu-shares=${CPU_SHARES}`],
  ];
}
