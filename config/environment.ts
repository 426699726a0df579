import { memoryMap } from "../core/memory-map.ts";
import { type Plan, planEnvironment } from "../core/plan.ts";
import type { EnvironmentSpec, ServiceSpec } from "../core/spec.ts";
import type { EnvironmentSettings, Service } from "./schema.ts";

/** One environment as the operator wants it, with defaults filled in and paths still as written. */
export interface Environment extends EnvironmentSettings {
  readonly project: string;
  readonly name: string;
  /** Absolute path of the folder that relative paths in the config start from. */
  readonly root: string;
  /** Paths of the keys that the config says itself, such as `server.memory`; the others are defaults. */
  readonly written: ReadonlySet<string>;
}

function serviceSpec(service: Service): ServiceSpec {
  switch (service.kind) {
    case "site":
      return { kind: "site" };
    case "app":
      return {
        kind: "app",
        slots: service.slots,
        port: service.port,
        limitBytes: service.limit,
        reservationBytes: service.reservation,
        swapBytes: service.swap,
        memoryPerRequestBytes: service.memoryPerRequest,
        runtime: service.runtime,
      };
    default:
      return { kind: service.kind, limitBytes: service.limit };
  }
}

function specOf({ project, name, server, services, written }: Environment): EnvironmentSpec {
  const specs = Object.entries(services).map(([key, service]) => [key, serviceSpec(service)]);
  return {
    project,
    name,
    server: {
      memoryBytes: server.memory,
      cpus: server.cpus,
      swapBytes: server.swap,
      diskBytes: server.disk,
    },
    services: Object.fromEntries(specs),
    written,
  };
}

/** Names of the containers that the environment has on its target, whether they fit or not. */
export function containersOf(environment: Environment): string[] {
  return memoryMap(specOf(environment)).lines.flatMap(({ container }) => container ?? []);
}

/** @throws OperatorError when the environment does not fit its server. */
export function planOf(environment: Environment): Plan {
  return planEnvironment(specOf(environment));
}
