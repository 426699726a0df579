import type { Capacity } from "./capacity.ts";

/** A traffic of so many requests a second, answered for one server. */
export interface Scenario {
  /** `100 to 500 requests/s`. */
  readonly name: string;
  /** The most of its range; of the open one, its least. */
  readonly requestsPerSecond: number;
  /** Servers of this size, each with a share of the requests behind a load balancer. */
  readonly servers: number;
  readonly fits: boolean;
  /** The open range has no most: it needs this many servers or more. */
  readonly atLeast: boolean;
  /** Layer to enlarge first. */
  readonly binding: string;
}

const TRAFFIC = [
  { name: "up to 100 requests/s", requestsPerSecond: 100, atLeast: false },
  { name: "100 to 500 requests/s", requestsPerSecond: 500, atLeast: false },
  { name: "500 to 2000 requests/s", requestsPerSecond: 2000, atLeast: false },
  { name: "above 2000 requests/s", requestsPerSecond: 2001, atLeast: true },
] as const;

/** Whether each kind of traffic fits this server, and how many of it are needed where it does not. */
export function scenariosOf({ requestsPerSecond }: Capacity): Scenario[] {
  const { value, binding } = requestsPerSecond;
  return TRAFFIC.map((traffic) => {
    const servers = Math.ceil(traffic.requestsPerSecond / Math.max(1, value.value));
    return { ...traffic, servers, fits: servers <= 1, binding };
  });
}
