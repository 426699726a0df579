import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { answerBusy } from "./busy.ts";
import { type Load, type LoadLimits, levelOf, MAX_CONNECTIONS } from "./load.ts";

export interface DegradationOptions extends Partial<LoadLimits> {
  readonly server: Server;
  /** Connections beyond it are not accepted. Default 80. */
  readonly maxConnections?: number;
  /** Paths that are always served: what decides on a restart must not look dead under load. Default `/health`. */
  readonly exempt?: readonly string[];
  /** Used memory as a share of what this process may use; undefined where it is unknown. */
  readonly memoryShare?: () => number | undefined;
  /** Called when the level changes. */
  readonly onChange?: (load: Load) => void;
}

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Middleware for node:http, connect and Express: under a critical load answers 503 with `Retry-After` and closes the
 * connection, so that a place stays free for health checks and for who is being served. Sets `server.maxConnections`.
 */
export function degradation(options: DegradationOptions): Middleware {
  const { server, exempt = ["/health"], maxConnections = MAX_CONNECTIONS } = options;
  const { memoryShare = shareOfLimit, onChange = () => {} } = options;
  server.maxConnections = maxConnections;
  let last: Load["level"] = "normal";
  const loadWith = (connections: number): Load => {
    const seen = { connections, memoryShare: memoryShare() };
    return { ...seen, level: levelOf(seen, options, maxConnections) };
  };
  return (request, response, next) => {
    // `server.connections` is deprecated, and undefined in some versions: a comparison with it is then never true.
    server.getConnections((_error, connections = 0) => {
      const load = loadWith(connections);
      if (load.level !== last) onChange(load);
      last = load.level;
      if (load.level !== "critical" || isExempt(request, exempt)) next();
      else answerBusy(response);
    });
  };
}

function isExempt({ url = "" }: IncomingMessage, paths: readonly string[]): boolean {
  const path = url.replace(/\?.*$/, "");
  return paths.some((exempt) => path === exempt || path.startsWith(`${exempt}/`));
}

/** Of the container's limit. `os.freemem()` and `os.totalmem()` would tell of the whole server. */
function shareOfLimit(): number | undefined {
  const limitBytes = process.constrainedMemory();
  // A cgroup without a limit reports an absurd number.
  if (limitBytes === 0 || limitBytes > Number.MAX_SAFE_INTEGER) return undefined;
  return process.memoryUsage.rss() / limitBytes;
}
