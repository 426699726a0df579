import type { AskedSpec, EnvironmentSpec, ServiceSpec } from "../spec.ts";
import { wholeMib } from "../units.ts";
import { type Contained, floorOf } from "./floor.ts";
import { highestLevel } from "./level.ts";
import { overheads } from "./overhead.ts";
import { limitCurve, pageCacheShare } from "./share.ts";
import { swapOf, swapPart } from "./swap.ts";

/** Stores must not be reclaimed under pressure; apps give way first. */
const RESERVED_SHARES = { app: 0.5, postgres: 0.75, redis: 0.75 } as const;

/** A server's memory, shared out. */
export interface Allocation {
  /** What was asked for, with the memory of every service. */
  readonly spec: EnvironmentSpec;
  /** From 0, floors, to the last, ceilings: see share.ts. */
  readonly level: number;
}

type Curve = (level: number) => number;

/** One container's limit over the level: what the operator fixed, or this kind's share. */
function curveOf(service: Contained, asked: AskedSpec): Curve {
  const fixedBytes = service.limitBytes;
  if (fixedBytes !== undefined) return () => fixedBytes;
  const share = limitCurve(
    service.kind,
    Math.max(floorOf(service, asked), service.reservationBytes ?? 0),
  );
  return (level) => wholeMib(share(level));
}

function countOf(service: Contained): number {
  return service.kind === "app" ? service.slots : 1;
}

interface Claim {
  readonly name: string;
  readonly service: Contained;
  readonly count: number;
  readonly limitAt: Curve;
}

function claimsOf(asked: AskedSpec): Claim[] {
  return Object.entries(asked.services).flatMap(([name, service]) =>
    service.kind === "site"
      ? []
      : [{ name, service, count: countOf(service), limitAt: curveOf(service, asked) }],
  );
}

/** By how much a level is too high for the server beside such an overhead, bytes; not above 0 where it fits. */
function excessOver(
  { server: { memoryBytes } }: AskedSpec,
  claims: readonly Claim[],
  overheadBytes: number,
): (level: number) => number {
  return (level) => {
    const bytes = claims.reduce((sum, { count, limitAt }) => sum + count * limitAt(level), 0);
    return bytes + overheadBytes - memoryBytes * (1 - pageCacheShare(level));
  };
}

/**
 * By how much the config asks for too much with everything that it leaves open at its floor, bytes. The overhead is
 * taken as the memory map shows it, in whole MiB: what the rules let pass is not too much here either.
 */
export function excessBytes(asked: AskedSpec): number {
  const shownBytes = overheads(asked).reduce((sum, line) => sum + wholeMib(line.exactBytes), 0);
  return excessOver(asked, claimsOf(asked), shownBytes)(0);
}

/**
 * Shares out what the config leaves open. Judges nothing: where not even the floors fit, the level is 0.
 * Whatever the config fixes is kept as it is.
 */
export function allocate(asked: AskedSpec): Allocation {
  const claims = claimsOf(asked);
  const overheadBytes = overheads(asked).reduce((sum, { exactBytes }) => sum + exactBytes, 0);
  const excess = excessOver(asked, claims, overheadBytes);
  const level = highestLevel((candidate) => excess(candidate) <= 0);
  const partBytes = swapPart(asked);
  const shared = claims.map(({ name, service, limitAt }) => {
    const limitBytes = limitAt(level);
    const reservationBytes =
      service.reservationBytes ?? wholeMib(limitBytes * RESERVED_SHARES[service.kind]);
    const swapBytes = swapOf(service, limitBytes, partBytes);
    return [name, { ...service, limitBytes, reservationBytes, swapBytes }];
  });
  const services = { ...asked.services, ...Object.fromEntries(shared) };
  return { spec: { ...asked, services: services as Record<string, ServiceSpec> }, level };
}
