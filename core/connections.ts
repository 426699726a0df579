import { type AppSpec, type Asked, type AskedSpec, type PostgresSpec, servicesOf } from "./spec.ts";
import { isWorkerClass, workersByCpu } from "./workers.ts";

/** Backup, verify and migration, beside what the pools hold. */
export const OPERATOR_CONNECTIONS = 5;
export const SUPERUSER_CONNECTIONS = 3;
/** What the pools cannot have. */
export const RESERVED_CONNECTIONS = OPERATOR_CONNECTIONS + SUPERUSER_CONNECTIONS;

type Processes = Pick<AppSpec, "runtime" | "slots" | "workers">;

/** Processes of one slot that hold connections: as many as the cpus allow, though memory may carry fewer. */
export function mostProcesses({ runtime, slots, workers }: Processes, cpus: number): number {
  if (!isWorkerClass(runtime)) return 1;
  return workers ?? workersByCpu(cpus, slots);
}

/** Connections with which a database serves its apps: the operator's number, or one for each process of each slot. */
export function leastConnections(
  postgres: Asked<PostgresSpec>,
  { services, server }: AskedSpec,
): number {
  if (postgres.maxConnections !== undefined) return postgres.maxConnections;
  return servicesOf(services, "app").reduce(
    (sum, [, app]) => sum + app.slots * (app.databasePool ?? mostProcesses(app, server.cpus)),
    RESERVED_CONNECTIONS,
  );
}
