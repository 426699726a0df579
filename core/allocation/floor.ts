import { leastConnections } from "../connections.ts";
import { oldSpaceBytes } from "../node.ts";
import { carries, MAX_CONNECTIONS } from "../postgres-memory.ts";
import { soldBytes } from "../slot.ts";
import type { AppSpec, Asked, AskedSpec, ServiceSpec, SiteSpec } from "../spec.ts";
import { MIB } from "../units.ts";

/** Below it a program of the kind does not start, or works on its last pages. */
const FLOOR_BYTES = { postgres: 128 * MIB, redis: 32 * MIB, app: 32 * MIB } as const;
/** The smallest old space in which V8 runs a server without collecting all the time. */
export const HEAP_FLOOR_BYTES = 32 * MIB;

/** Services that have containers of their own. */
export type Contained = Exclude<Asked<ServiceSpec>, SiteSpec>;
type Needs = Pick<AppSpec, "runtime" | "memoryPerRequestBytes">;

function servesOne({ runtime, memoryPerRequestBytes }: Needs, limitBytes: number): boolean {
  const heapFits = runtime !== "node" || oldSpaceBytes(limitBytes) >= HEAP_FLOOR_BYTES;
  return heapFits && soldBytes({ runtime, limitBytes }) >= memoryPerRequestBytes;
}

/** The smallest whole number of MiB from `low` on for which `holds`; whatever is larger must hold too. */
function smallestMib(low: number, holds: (mib: number) => boolean): number {
  if (holds(low)) return low;
  let [fails, fits] = [low, low * 2];
  while (!holds(fits)) [fails, fits] = [fits, fits * 2];
  while (fits - fails > 1) {
    const middle = Math.floor((fails + fits) / 2);
    if (holds(middle)) fits = middle;
    else fails = middle;
  }
  return fits;
}

function works(service: Contained, asked: AskedSpec): (mib: number) => boolean {
  switch (service.kind) {
    case "app":
      return (mib) => servesOne(service, mib * MIB);
    case "postgres": {
      const connections = Math.min(MAX_CONNECTIONS, leastConnections(service, asked));
      return (mib) => carries(mib * MIB, connections, asked.server.cpus);
    }
    case "redis":
      return () => true;
  }
}

/**
 * The smallest limit, bytes, with which a container of that service works: a slot serves one request at a time, a
 * database has a connection for each process that asks it.
 */
export function floorOf(service: Contained, asked: AskedSpec): number {
  return smallestMib(FLOOR_BYTES[service.kind] / MIB, works(service, asked)) * MIB;
}
