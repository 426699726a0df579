import type { Environment } from "../config/environment.ts";
import { containerName } from "../core/names.ts";
import { OperatorError } from "../core/operator-error.ts";
import { declaredContainers } from "../stacks/declared.ts";
import type { Deployment } from "../stacks/deployment.ts";
import type { Target } from "./target.ts";
import { backupReadings } from "./verify/backups.ts";
import { certificateReadings } from "./verify/certificate.ts";
import type { Context, LiveContainer, Subject } from "./verify/context.ts";
import { engineReadings } from "./verify/engine.ts";
import { heapReadings } from "./verify/heap.ts";
import { liveJobReadings } from "./verify/jobs.ts";
import { kernelReadings } from "./verify/kernel.ts";
import { nginxReadings } from "./verify/nginx.ts";
import { postgresReadings } from "./verify/postgres.ts";
import type { Reading } from "./verify/reading.ts";
import { redisReadings } from "./verify/redis.ts";
import { sharedMemoryReadings } from "./verify/shared-memory.ts";

type ProgramReadings = (context: Context, subject: Subject) => Promise<Reading[]>;

/** Programs that tell what is in force in them, by the kind of service. */
const PROGRAMS: Readonly<Record<string, readonly ProgramReadings[]>> = {
  postgres: [postgresReadings],
  redis: [redisReadings],
  nginx: [nginxReadings],
};

async function liveContainers(
  target: Target,
  names: readonly string[],
): Promise<Map<string, LiveContainer>> {
  // Those that are not there are left out of the answer, and make the exit code 1.
  const { stdout } = await target.docker(["inspect", "--type=container", ...names], {
    reject: false,
  });
  const found = JSON.parse(String(stdout)) as (LiveContainer & { readonly Name: string })[];
  return new Map(found.map((live) => [live.Name.replace(/^\//, ""), live]));
}

async function subjectsOf(
  { environment, ...rest }: Deployment,
  target: Target,
): Promise<Subject[]> {
  const declared = declaredContainers({ environment, ...rest });
  const live = await liveContainers(
    target,
    declared.map(({ name }) => name),
  );
  const prefix = containerName(environment, "");
  return declared.map((container) => {
    const name = container.name.slice(prefix.length);
    const kind = environment.services[name]?.kind ?? name;
    return { name, kind, declared: container, live: live.get(container.name) };
  });
}

function requireAny(subjects: readonly Subject[], { name }: Environment, target: Target): void {
  if (subjects.some(({ live }) => live)) return;
  throw new OperatorError(
    `environments.${name}: must be up on ${target.name} to be verified, got no container of it; ./plimsoll up ${name}`,
  );
}

/**
 * Reads every setting of the synthesized containers back from where it is in force.
 * @throws OperatorError when nothing of the environment runs on the target
 */
export async function verify(deployment: Deployment, target: Target): Promise<Reading[]> {
  const subjects = await subjectsOf(deployment, target);
  requireAny(subjects, deployment.environment, target);
  const context: Context = { target, subjects };
  const programs = subjects.flatMap((subject) =>
    (PROGRAMS[subject.kind] ?? []).map((read) => read(context, subject)),
  );
  const readings = [
    ...[engineReadings(context), kernelReadings(context), ...programs],
    ...[sharedMemoryReadings(deployment, context), heapReadings(context)],
    ...[backupReadings(deployment, context), liveJobReadings(deployment, context)],
    certificateReadings(deployment, context),
  ];
  return (await Promise.all(readings)).flat();
}
