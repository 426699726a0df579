import { type AskedSpec, servicesOf } from "../spec.ts";
import { MIB } from "../units.ts";

/** Memory that services do not get, before it is rounded to whole MiB. */
export interface Overhead {
  readonly who: string;
  readonly tier: "reserve" | "door" | "batch";
  /** Not whole: a sum of rounded ones would rise in jumps, and take from a service what more memory brings. */
  readonly exactBytes: number;
  readonly from: string;
}

/** Servers whose overhead was estimated: 1, 2 and 4 GB as MemTotal reports them. */
const ESTIMATED_MIB = [970, 1950, 3900] as const;
type Estimates = readonly [number, number, number];
/** Slab, page tables, min_free and watermarks. */
const KERNEL_MIB: Estimates = [150, 180, 260];
/** systemd, journald, sshd, cron and an agent. */
const SYSTEM_MIB: Estimates = [90, 110, 130];
/** pg_dump with compression needs about 100 MiB where there is room, and takes longer where there is not. */
const BATCH_MIB: Estimates = [48, 128, 256];
/** restic 0.18 has 74 MiB anonymous at the most, 64 of them for its key, measured; then TLS and the index of a repository. */
const OFFSITE_MIB = 112;

/** dockerd 45 + containerd 76 MiB anonymous, measured on Debian 13 with Docker 26.1. */
const ENGINE_MIB = 121;
/** A containerd shim: 12 MiB more in use for each running container, measured. */
const SHIM_MIB = 12;

/** Two workers with their zones, 512 idle connections each; then TLS and buffers of a slot's 80 connections. */
const NGINX_MIB = 24;
const NGINX_SLOT_MIB = 12;
/** Node's binary is 40 MiB resident, measured; then sockets and buffers of a slot's 80 connections and 40 streams. */
const GUARD_MIB = 40;
const GUARD_SLOT_MIB = 12;
/** Planning estimate for two slots; a guard for one slot needs the same binary. */
const GUARD_FLOOR_MIB = 64;

/** Containers of the door: nginx and the guard. */
const DOOR_CONTAINERS = 2;

/** Linear between the estimated servers, flat outside. */
function interpolate(memoryMib: number, values: Estimates): number {
  const upper = memoryMib <= ESTIMATED_MIB[1] ? 1 : 2;
  const [low = 0, high = 0] = ESTIMATED_MIB.slice(upper - 1);
  const [from = 0, to = 0] = values.slice(upper - 1);
  return from + Math.min(Math.max((memoryMib - low) / (high - low), 0), 1) * (to - from);
}

/** One job at a time: the largest of them. */
function batchMib({ server, services }: AskedSpec): number {
  const bySize = interpolate(server.memoryBytes / MIB, BATCH_MIB);
  const hasOffsite = servicesOf(services, "postgres").some(([, postgres]) => postgres.hasOffsite);
  return hasOffsite ? Math.max(bySize, OFFSITE_MIB) : bySize;
}

function containersIn({ services }: AskedSpec, slots: number): number {
  const stores = [...servicesOf(services, "postgres"), ...servicesOf(services, "redis")];
  return DOOR_CONTAINERS + stores.length + slots;
}

/**
 * Kernel, userland, Docker with a shim per container, the door and the batch tier: each falls or stays as the server
 * gets smaller, and together they take less of one more MiB than it brings.
 */
export function overheads(spec: AskedSpec): Overhead[] {
  const memoryMib = spec.server.memoryBytes / MIB;
  const slots = servicesOf(spec.services, "app").reduce((sum, [, app]) => sum + app.slots, 0);
  const containers = containersIn(spec, slots);
  const of = (tier: Overhead["tier"]) => (who: string, mib: number, from: string) => ({
    who,
    tier,
    exactBytes: mib * MIB,
    from,
  });
  const [reserve, door, batch] = [of("reserve"), of("door"), of("batch")];
  const guardMib = Math.max(GUARD_FLOOR_MIB, GUARD_MIB + slots * GUARD_SLOT_MIB);
  return [
    reserve("kernel", interpolate(memoryMib, KERNEL_MIB), "slab, page tables, free pages, by size"),
    reserve("system", interpolate(memoryMib, SYSTEM_MIB), "systemd, journald, sshd, cron, by size"),
    reserve("docker", ENGINE_MIB, "dockerd and containerd"),
    reserve("shims", containers * SHIM_MIB, `${containers} containers x ${SHIM_MIB} MiB`),
    door("nginx", NGINX_MIB + slots * NGINX_SLOT_MIB, `workers, and ${slots} slots' connections`),
    door("guard", guardMib, `Node, and ${slots} slots' connections and streams`),
    batch("batch", batchMib(spec), "one job at a time: backup, renewal, drill"),
  ];
}
