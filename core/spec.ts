/** What the planner is asked for: sizes in bytes, times in ms. The config produces it. */
export interface ServerSpec {
  /** MemTotal as the kernel reports it: about 1950 MiB on a "2 GB" server. */
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly swapBytes: number;
  readonly diskBytes: number;
}

export interface AppSpec {
  readonly kind: "app";
  readonly slots: number;
  readonly port: number;
  readonly limitBytes: number;
  /** Protected memory. Default: half of the limit. */
  readonly reservationBytes?: number | undefined;
  readonly swapBytes: number;
  /** What one request holds at its peak, in bytes. */
  readonly memoryPerRequestBytes: number;
  readonly runtime: "node" | "none";
}

export interface PostgresSpec {
  readonly kind: "postgres";
  readonly limitBytes: number;
}

export interface RedisSpec {
  readonly kind: "redis";
  readonly limitBytes: number;
}

export interface SiteSpec {
  readonly kind: "site";
}

export type ServiceSpec = AppSpec | PostgresSpec | RedisSpec | SiteSpec;

export interface EnvironmentSpec {
  /** First part of every name on the server. */
  readonly project: string;
  /** The environment's name: `local`, `staging`. */
  readonly name: string;
  readonly server: ServerSpec;
  readonly services: Readonly<Record<string, ServiceSpec>>;
  /** Config keys that the operator wrote, such as `server.memory`; the others are defaults. Default: all of them. */
  readonly written?: ReadonlySet<string> | undefined;
}

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
