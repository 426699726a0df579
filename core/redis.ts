import { MIB, toMib } from "./units.ts";

/** Fragmentation and client buffers live outside maxmemory; a cache without persistence needs no room to fork. */
const MAXMEMORY_SHARE = 0.58;
/** 10000 is Redis' default and costs 20 kB each. */
const MAX_CLIENTS = 256;

export interface RedisPlan {
  readonly maxmemoryBytes: number;
  readonly maxClients: number;
}

/** Settings of a Redis cache with a container of `limitBytes`. */
export function redisPlan(limitBytes: number): RedisPlan {
  return {
    maxmemoryBytes: Math.ceil(toMib(limitBytes) * MAXMEMORY_SHARE) * MIB,
    maxClients: MAX_CLIENTS,
  };
}
