import type { NginxPlan } from "../core/nginx.ts";

/** One location that goes to the guard. */
export interface LocationView {
  /** nginx's matcher: `/api/` is a prefix, `= /health` that path alone. */
  readonly match: string;
  readonly stream: boolean;
}

export interface NginxView extends NginxPlan {
  readonly domain: string;
  readonly tls: boolean;
  /** `:8443`, or nothing where the public port is 443. */
  readonly redirectPort: string;
  readonly site: boolean;
  /** Neither a site nor an app owns `/`. */
  readonly notFound: boolean;
  readonly guard: string;
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
  readonly paths: readonly string[];
  readonly ssePaths: readonly string[];
}

const HTTPS_PORT = 443;

function matcher(path: string): string {
  return path.endsWith("/") ? path : `= ${path}`;
}

export function nginxView(options: NginxOptions): NginxView {
  const { plan, paths, ssePaths, tlsPort } = options;
  const plain = paths.filter((path) => !ssePaths.includes(path));
  return {
    ...plan,
    domain: options.domain,
    tls: tlsPort !== undefined,
    redirectPort: tlsPort === undefined || tlsPort === HTTPS_PORT ? "" : `:${tlsPort}`,
    site: options.site,
    notFound: !options.site && !paths.includes("/"),
    guard: options.guard,
    locations: [
      ...plain.map((path) => ({ match: matcher(path), stream: false })),
      ...ssePaths.map((path) => ({ match: matcher(path), stream: true })),
    ],
  };
}
