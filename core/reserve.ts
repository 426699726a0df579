import type { MemoryLine } from "./memory-map.ts";
import { MIB } from "./units.ts";

/** Servers on which the reserve was estimated: 1, 2 and 4 GB as MemTotal reports them. */
const MEASURED_MIB = [970, 1950, 3900] as const;
const KERNEL_MIB = [150, 180, 260] as const;
const SYSTEM_MIB = [90, 110, 130] as const;

/** dockerd 45 + containerd 76 MiB anonymous, measured on Debian 13 with Docker 26.1. */
const ENGINE_BYTES = 121 * MIB;
/** A containerd shim's resident size, measured: 12 MiB more used for each running container. */
const SHIM_BYTES = 12 * MIB;

/** Linear between the measured servers, flat outside. */
function interpolate(memoryMib: number, values: readonly [number, number, number]): number {
  const upper = memoryMib <= MEASURED_MIB[1] ? 1 : 2;
  const [low, high] = [MEASURED_MIB[upper - 1] as number, MEASURED_MIB[upper] as number];
  const share = Math.min(Math.max((memoryMib - low) / (high - low), 0), 1);
  const [from, to] = [values[upper - 1] as number, values[upper] as number];
  return Math.round(from + share * (to - from));
}

/** Memory that no container gets: kernel, userland, the Docker engine and a shim per container. */
export function reserve(memoryBytes: number, containers: number): MemoryLine[] {
  const memoryMib = memoryBytes / MIB;
  const line = (who: string, limitBytes: number, from: string): MemoryLine => ({
    who,
    tier: "reserve",
    limitBytes,
    reservationBytes: 0,
    swapBytes: 0,
    from,
  });
  return [
    line(
      "kernel",
      interpolate(memoryMib, KERNEL_MIB) * MIB,
      "slab, page tables, min_free, by server size",
    ),
    line(
      "system",
      interpolate(memoryMib, SYSTEM_MIB) * MIB,
      "systemd, journald, sshd, cron, by server size",
    ),
    line(
      "docker",
      ENGINE_BYTES + containers * SHIM_BYTES,
      `engine 121 MiB + ${containers} containers x 12 MiB`,
    ),
  ];
}
