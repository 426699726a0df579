import type { ServiceSpec } from "../spec.ts";
import { MIB } from "../units.ts";

/** Kinds that memory is shared out to. */
export type SharedKind = Exclude<ServiceSpec["kind"], "site">;

/**
 * What a container of each kind gets, MiB, on servers of 1, 2, 4, 8 and 64 GB with a database, a cache and one,
 * two, four slots: the planning table from which the budget was drawn up, continued. They are weights, floors and
 * ceilings in one: between them memory is shared out in these proportions, never above the last. Slots gain least:
 * a heap above 212 MiB only lengthens its collections, and more of them bring more.
 */
const SHARES_MIB: Readonly<Record<SharedKind, readonly number[]>> = {
  postgres: [192, 320, 1024, 2048, 16_384],
  redis: [48, 96, 192, 384, 3072],
  app: [200, 300, 300, 512, 2048],
};

/** The page cache's share at the floor and on those servers. Below 8 % a server thrashes before it is full. */
const PAGE_CACHE_SHARES = [0.08, 0.08, 0.108, 0.115, 0.12, 0.12];

/** Levels reach from 0, where all is at its floor, to this one, where all is at its ceiling. */
export const LAST_LEVEL = PAGE_CACHE_SHARES.length - 1;

type Curve = (level: number) => number;

/** Linear between whole levels. Never falls from one level to a higher one if `points` do not. */
function curve(points: readonly number[]): Curve {
  return (level) => {
    const below = Math.min(Math.floor(level), LAST_LEVEL - 1);
    const from = points[below] ?? 0;
    return from + (level - below) * ((points[below + 1] ?? 0) - from);
  };
}

/** One container's limit over the level, in bytes: from its floor up. */
export function limitCurve(kind: SharedKind, floorBytes: number): Curve {
  return curve([floorBytes, ...SHARES_MIB[kind].map((mib) => Math.max(mib * MIB, floorBytes))]);
}

/** Share of the server that is left for the page cache at a level, 0..1. */
export const pageCacheShare: Curve = curve(PAGE_CACHE_SHARES);
