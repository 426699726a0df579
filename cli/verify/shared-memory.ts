import { formatMib } from "../../core/units.ts";
import type { Deployment } from "../../stacks/deployment.ts";
import type { Context, Subject } from "./context.ts";
import { ask } from "./postgres.ts";
import { inUnits } from "./quantity.ts";
import type { Reading } from "./reading.ts";

/** How far the plan's formula may be from what Postgres takes: it is fitted, and tested to that. */
const TOLERANCE_PERCENT = 3;
/** From that major version on it tells. */
const TOLD_SINCE = 15;

/** @param live as SHOW tells it, such as `91MB` */
export function sharedMemoryReading(subject: string, plannedBytes: number, live: string): Reading {
  const declared = `${formatMib(plannedBytes)} within ${TOLERANCE_PERCENT} %`;
  const bytes = inUnits(live);
  const isNear =
    bytes !== undefined && Math.abs(bytes - plannedBytes) <= (bytes * TOLERANCE_PERCENT) / 100;
  const told = bytes === undefined ? undefined : formatMib(bytes);
  const setting = "shared_memory_size";
  return { subject, setting, declared, live: isNear ? declared : told, where: "SHOW" };
}

async function readingOf(
  { plan }: Deployment,
  context: Context,
  subject: Subject,
): Promise<Reading[]> {
  const planned = plan.postgres[subject.name];
  if (!planned || planned.major < TOLD_SINCE) return [];
  const live = (await ask(context, subject, "show shared_memory_size")).trim();
  return [sharedMemoryReading(subject.name, planned.sharedMemoryBytes, live)];
}

/** The shared memory that each Postgres took at its start, against what the plan's worst case counts on. */
export async function sharedMemoryReadings(
  deployment: Deployment,
  context: Context,
): Promise<Reading[]> {
  const all = context.subjects.map((subject) => readingOf(deployment, context, subject));
  return (await Promise.all(all)).flat();
}
