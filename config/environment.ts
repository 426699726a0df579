import { allocate } from "../core/allocation/allocate.ts";
import { type MemoryMap, memoryMap } from "../core/memory-map.ts";
import type { Plan } from "../core/plan.ts";
import { planEnvironment } from "../core/planner.ts";
import { type Asked, type AskedSpec, type ServiceSpec, servicesOf } from "../core/spec.ts";
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

/** Keys that a spec takes over as they are. */
const APP_COUNTS = [
  "workers",
  "maxConnections",
  "streams",
  "databasePool",
  "requests",
  "llmRequests",
] as const;
const POSTGRES_COUNTS = ["maxConnections", "major"] as const;

function pick<From, Key extends keyof From>(from: From, keys: readonly Key[]): Pick<From, Key> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<From, Key>;
}

/** The chain's links, in ms as they are. */
function inMs(times: Environment["timeouts"]): AskedSpec["timeouts"] {
  return Object.fromEntries(Object.entries(times).map(([key, value]) => [`${key}Ms`, value]));
}

function serviceSpec(service: Service): Asked<ServiceSpec> {
  if (service.kind === "site") return { kind: "site" };
  const memory = {
    limitBytes: service.limit,
    reservationBytes: service.reservation,
    swapBytes: service.swap,
  };
  switch (service.kind) {
    case "app":
      return {
        kind: "app",
        slots: service.slots,
        port: service.port,
        ...memory,
        memoryPerRequestBytes: service.memoryPerRequest,
        runtime: service.runtime,
        streaming: service.ssePaths.length > 0,
        heapBytes: service.heap,
        workerMemoryBytes: service.workerMemory,
        serviceTimeMs: service.serviceTime,
        cpuTimeMs: service.cpuTime,
        databaseTimeMs: service.databaseTime,
        startTimeoutMs: service.startTimeout,
        ...pick(service, APP_COUNTS),
      };
    case "postgres":
      return {
        kind: "postgres",
        ...memory,
        ...pick(service, POSTGRES_COUNTS),
        hasOffsite: service.offsite !== undefined,
      };
    case "redis":
      return { kind: "redis", ...memory, role: service.role };
  }
}

function specOf(environment: Environment): AskedSpec {
  const { project, name, server, services, written, alerts } = environment;
  const { body, ...limits } = environment.limits;
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
    port: environment.port,
    tls: environment.tls && { port: environment.tls.port },
    limits: { ...limits, bodyBytes: body },
    timeouts: inMs(environment.timeouts),
    guard: environment.guard,
    alerts,
    written,
  };
}

/** Who gets which memory, whether it fits or not. */
export function memoryMapOf(environment: Environment): MemoryMap {
  const asked = specOf(environment);
  return memoryMap(asked, allocate(asked));
}

/** Where the backups of its database are copied to; undefined where they stay on the server. */
export function offsiteOf({ services }: Pick<Environment, "services">) {
  const [postgres] = servicesOf(services, "postgres");
  return postgres?.[1].offsite;
}

/** Names of the containers that the environment has on its target, whether they fit or not. */
export function containersOf(environment: Environment): string[] {
  return memoryMapOf(environment).lines.flatMap(({ container }) => container ?? []);
}

/** @throws OperatorError when the environment does not fit its server. */
export function planOf(environment: Environment): Plan {
  return planEnvironment(specOf(environment));
}
