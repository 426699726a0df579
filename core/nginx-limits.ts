import { type Figure, Figures, type FiguresOf, why } from "./figure.ts";
import type { Leaves } from "./leaves.ts";
import { MIB } from "./units.ts";

/** What nginx lets one client do. */
export interface NginxLimits {
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly connectionsPerClient: number;
  readonly bodyBytes: number;
  /** Of each shared memory zone. */
  readonly zoneBytes: number;
}

/** A person clicks less, and a page loads its parts in one burst. */
const REQUESTS_PER_SECOND = 10;
const BURST = 20;
const CONNECTIONS_PER_CLIENT = 20;
const BODY_BYTES = 10 * MIB;
/** 128 bytes a client: 16 k clients. A full limit_conn zone refuses everybody. */
const ZONE_BYTES = 2 * MIB;

export function nginxLimits(config: Leaves): FiguresOf<NginxLimits> {
  const figures = new Figures("nginx", { source: "nginx manual", writtenIn: "nginx.conf" });
  const own = (key: string) => config.find(`limits.${key}`);
  const orElse = (key: string, otherwise: Figure<number>): Figure<number> => {
    const leaf = own(key);
    return leaf ? { ...otherwise, value: leaf.value, ...why`${leaf}` } : otherwise;
  };
  return {
    requestsPerSecond: orElse(
      "requestsPerSecond",
      figures.perSecond("limit_req_rate", REQUESTS_PER_SECOND, why`a person clicks less`),
    ),
    burst: orElse("burst", figures.count("limit_req_burst", BURST, why`the parts of one page`)),
    connectionsPerClient: orElse(
      "connectionsPerClient",
      figures.count("limit_conn", CONNECTIONS_PER_CLIENT, why`tabs with streams, behind one NAT`),
    ),
    bodyBytes: orElse(
      "body",
      figures.bytes("client_max_body_size", BODY_BYTES, why`a document, not a film`),
    ),
    zoneBytes: figures.bytes("zone_size", ZONE_BYTES, why`128 bytes each for 16384 clients`),
  };
}
