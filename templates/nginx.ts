import type { NginxPlan } from "../core/nginx.ts";
import { TIMEOUTS } from "../core/timeouts.ts";
import { SECOND_MS, toMib } from "../core/units.ts";

/** One location that goes to the guard. */
export interface LocationView {
  /** nginx's matcher: `/api/` is a prefix, `= /health` that path alone. */
  readonly match: string;
  readonly stream: boolean;
}

export interface NginxView extends NginxPlan {
  readonly domain: string;
  readonly healthPort: number;
  readonly listenPort: number;
  readonly tlsPort: number;
  readonly tls: boolean;
  /** `:8443`, or nothing where the public port is 443. */
  readonly redirectPort: string;
  readonly site: boolean;
  /** Neither a site nor an app owns `/`. */
  readonly notFound: boolean;
  readonly guard: string;
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly connectionsPerClient: number;
  readonly bodyMib: number;
  readonly connectSeconds: number;
  readonly readSeconds: number;
  readonly locations: readonly LocationView[];
}

export interface NginxOptions {
  readonly plan: NginxPlan;
  readonly domain: string;
  /** Public port of TLS; undefined where there is none. */
  readonly tlsPort: number | undefined;
  readonly site: boolean;
  /** `host:port` of the guard. */
  readonly guard: string;
  readonly limits: {
    readonly requestsPerSecond: number;
    readonly burst: number;
    readonly connectionsPerClient: number;
    readonly body: number;
  };
  readonly paths: readonly string[];
  readonly ssePaths: readonly string[];
}

/** Ports inside the container: above 1024, since nginx runs unprivileged. */
export const LISTEN_PORT = 8080;
export const TLS_LISTEN_PORT = 8443;
/** On loopback: not limited, not logged, the same with and without TLS. */
export const HEALTH_PORT = 8079;
const HTTPS_PORT = 443;

function matcher(path: string): string {
  return path.endsWith("/") ? path : `= ${path}`;
}

export function nginxView(options: NginxOptions): NginxView {
  const { plan, limits, paths, ssePaths, tlsPort } = options;
  const plain = paths.filter((path) => !ssePaths.includes(path));
  return {
    ...plan,
    domain: options.domain,
    healthPort: HEALTH_PORT,
    listenPort: LISTEN_PORT,
    tlsPort: TLS_LISTEN_PORT,
    tls: tlsPort !== undefined,
    redirectPort: tlsPort === undefined || tlsPort === HTTPS_PORT ? "" : `:${tlsPort}`,
    site: options.site,
    notFound: !options.site && !paths.includes("/"),
    guard: options.guard,
    requestsPerSecond: limits.requestsPerSecond,
    burst: limits.burst,
    connectionsPerClient: limits.connectionsPerClient,
    bodyMib: Math.max(1, toMib(limits.body)),
    connectSeconds: TIMEOUTS.connectMs / SECOND_MS,
    readSeconds: TIMEOUTS.proxyReadMs / SECOND_MS,
    locations: [
      ...plain.map((path) => ({ match: matcher(path), stream: false })),
      ...ssePaths.map((path) => ({ match: matcher(path), stream: true })),
    ],
  };
}
