import type { AlertsPlan } from "./alerts.ts";
import type { RedisRole } from "./redis.ts";
import type { TimeoutsPlan } from "./timeouts.ts";
import type { WorkerClass } from "./workers.ts";

type AlertPercents = Pick<
  AlertsPlan,
  | "connectionsWarningPercent"
  | "connectionsCriticalPercent"
  | "diskWarningPercent"
  | "diskCriticalPercent"
>;
type Fixed<Keys> = { readonly [Key in keyof Keys]?: Keys[Key] | undefined };

/** Of one client. */
interface LimitsSpec {
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly connectionsPerClient: number;
  readonly bodyBytes: number;
}

/** Links of the chain that the operator may set. */
type TimeoutsSpec = Pick<
  TimeoutsPlan,
  "acquireMs" | "heartbeatMs" | "proxyReadMs" | "cdnMs" | "deadlineMs" | "drainMs" | "stopGraceMs"
>;

/** Used memory at which the guard lets in less, lets background work wait, and refuses. */
interface GuardSpec {
  readonly queue: number;
  readonly warningPercent: number;
  readonly highPercent: number;
  readonly criticalPercent: number;
}

interface AlertsSpec extends AlertPercents {
  readonly backupHours: number;
  readonly drillDays: number;
  readonly pruneDays: number;
  readonly certificateHours: number;
  readonly certificateDays: number;
}

/** What the planner is asked for: sizes in bytes, times in ms. The config produces it. */
export interface ServerSpec {
  /** MemTotal as the kernel reports it: about 1950 MiB on a "2 GB" server. */
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly swapBytes: number;
  readonly diskBytes: number;
}

/** Of each container of a service. */
export interface Memory {
  /** The kernel kills above it. */
  readonly limitBytes: number;
  /** Not reclaimed under pressure. */
  readonly reservationBytes: number;
  /** Swap beyond the limit. */
  readonly swapBytes: number;
}

export interface AppSpec extends Memory {
  readonly kind: "app";
  readonly slots: number;
  readonly port: number;
  /** What one request holds at its peak, in bytes. */
  readonly memoryPerRequestBytes: number;
  readonly runtime: "node" | WorkerClass | "none";
  /** Whether it serves event streams. Default: no. */
  readonly streaming?: boolean;
  /** What the operator fixes; the planner computes what is left out. */
  readonly heapBytes?: number | undefined;
  readonly workers?: number | undefined;
  readonly workerMemoryBytes?: number | undefined;
  readonly maxConnections?: number | undefined;
  readonly streams?: number | undefined;
  /** Database connections of one slot. */
  readonly databasePool?: number | undefined;
  /** Requests at once in all slots together. */
  readonly requests?: number | undefined;
  /** Calls of a language model at once in all slots together. */
  readonly llmRequests?: number | undefined;
  /** How long one request takes, of the cpu and of a database connection: what capacity is computed from. */
  readonly serviceTimeMs?: number | undefined;
  readonly cpuTimeMs?: number | undefined;
  readonly databaseTimeMs?: number | undefined;
  readonly startTimeoutMs?: number | undefined;
}

export interface PostgresSpec extends Memory {
  readonly kind: "postgres";
  readonly maxConnections?: number | undefined;
  /** Major version. */
  readonly major?: number | undefined;
  /** Whether its backups are copied elsewhere. Default: no. */
  readonly hasOffsite?: boolean;
}

export interface RedisSpec extends Memory {
  readonly kind: "redis";
  /** Default: a cache. */
  readonly role?: RedisRole | undefined;
}

export interface SiteSpec {
  readonly kind: "site";
}

export type ServiceSpec = AppSpec | PostgresSpec | RedisSpec | SiteSpec;

/** A service whose memory is the operator's where it is said, and the planner's where it is left out. */
export type Asked<Service> = Service extends Memory
  ? Omit<Service, keyof Memory> & Partial<Memory>
  : Service;

export interface EnvironmentSpec<Service = ServiceSpec> {
  /** First part of every name on the server. */
  readonly project: string;
  /** The environment's name: `local`, `staging`. */
  readonly name: string;
  readonly server: ServerSpec;
  readonly services: Readonly<Record<string, Service>>;
  /** nginx's ports on the server. */
  readonly port?: number | undefined;
  readonly tls?: { readonly port: number } | undefined;
  /** What the operator fixes of each; the planner computes what is left out. */
  readonly limits?: Fixed<LimitsSpec> | undefined;
  readonly timeouts?: Fixed<TimeoutsSpec> | undefined;
  readonly guard?: Fixed<GuardSpec> | undefined;
  readonly alerts?: Fixed<AlertsSpec> | undefined;
  /** Config keys that the operator wrote, such as `server.memory`; the others are defaults. Default: all of them. */
  readonly written?: ReadonlySet<string> | undefined;
}

/** An environment before its memory is shared out. */
export type AskedSpec = EnvironmentSpec<Asked<ServiceSpec>>;

/** The services of one kind with their names, in the order in which the config lists them. */
export function servicesOf<
  Kind extends ServiceSpec["kind"],
  Service extends { readonly kind: string },
>(
  services: Readonly<Record<string, Service>>,
  kind: Kind,
): [name: string, service: Extract<Service, { readonly kind: Kind }>][] {
  return Object.entries(services).filter(
    (entry): entry is [string, Extract<Service, { readonly kind: Kind }>] => entry[1].kind === kind,
  );
}
