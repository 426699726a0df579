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
  readonly runtime: "node" | "none";
}

export interface PostgresSpec extends Memory {
  readonly kind: "postgres";
}

export interface RedisSpec extends Memory {
  readonly kind: "redis";
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
