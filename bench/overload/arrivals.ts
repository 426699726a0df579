import { MIB, SECOND_MS } from "../../core/units.ts";
import { Random } from "../random.ts";
import { loadAt, type Profile } from "./profiles.ts";
import type { Times } from "./times.ts";
import { type Work, workOf } from "./work.ts";

export type Kind = "light" | "heavy" | "stream";

export interface Arrival extends Work {
  readonly kind: Kind;
  readonly atMs: number;
  /** What the request says of its size. */
  readonly declaredBytes: number;
  /** Time from arrival after which the client leaves. */
  readonly deadlineMs: number;
}

export const LIGHT_PER_S = 40;
export const LIGHT_DEADLINE_MS = 1 * SECOND_MS;
/** One and a half times the service time of the largest one. */
export const HEAVY_DEADLINE_MS = 6 * SECOND_MS;
/** Heavy requests a second that 230 MiB carry: 230 MiB / mean of size x duration (38 MiB s). */
export const CAPACITY_PER_S = 6;

const LIGHT_MS = [5, 20] as const;
const HEAVY_BYTES = [8 * MIB, 96 * MIB] as const;
const TAIL_SHAPE = 1.2;
const STREAM = { bytes: MIB / 2, durationMs: 4 * SECOND_MS };
/** Above any load of a profile; arrivals are drawn at this rate and thinned out. */
const LOAD_MAX = 8;

/** Everything that arrives in a run, in order of time. */
export function drawArrivals(profile: Profile, seed: number, times: Times): Arrival[] {
  return [
    ...light(new Random(seed), times),
    ...heavy(profile, new Random(seed + 0x10000), times),
    ...streams(profile, new Random(seed + 0x20000), times),
    ...whale(profile, times),
  ].sort((one, other) => one.atMs - other.atMs);
}

function* poisson(random: Random, perS: number, endMs: number): Generator<number> {
  if (perS === 0) return;
  const meanMs = SECOND_MS / perS;
  for (let at = random.exponential(meanMs); at < endMs; at += random.exponential(meanMs)) yield at;
}

function* light(random: Random, { endMs }: Times): Generator<Arrival> {
  for (const atMs of poisson(random, LIGHT_PER_S, endMs)) {
    const durationMs = random.between(...LIGHT_MS);
    yield {
      kind: "light",
      atMs,
      bytes: 0,
      declaredBytes: 0,
      durationMs,
      deadlineMs: LIGHT_DEADLINE_MS,
    };
  }
}

function* heavy(profile: Profile, random: Random, times: Times): Generator<Arrival> {
  for (const atMs of poisson(random, LOAD_MAX * CAPACITY_PER_S, times.endMs)) {
    const bytes = random.boundedPareto(...HEAVY_BYTES, TAIL_SHAPE);
    const isKept = random.uniform() < loadAt(profile, atMs, times) / LOAD_MAX;
    if (isKept) yield heavyArrival(atMs, bytes, profile);
  }
}

function heavyArrival(atMs: number, bytes: number, { hintFactor }: Profile): Arrival {
  const work = workOf(Math.round(bytes));
  const declaredBytes = Math.round(bytes * hintFactor);
  return { kind: "heavy", atMs, ...work, declaredBytes, deadlineMs: HEAVY_DEADLINE_MS };
}

function* streams(profile: Profile, random: Random, times: Times): Generator<Arrival> {
  for (const atMs of poisson(random, profile.streamsPerS, times.loadToMs)) {
    const deadlineMs = STREAM.durationMs + SECOND_MS;
    if (atMs > times.warmFromMs) {
      yield { kind: "stream", atMs, ...STREAM, declaredBytes: STREAM.bytes, deadlineMs };
    }
  }
}

function* whale(profile: Profile, { loadFromMs, loadToMs }: Times): Generator<Arrival> {
  const atMs = (loadFromMs + loadToMs) / 2;
  if (profile.whaleBytes > 0) yield heavyArrival(atMs, profile.whaleBytes, profile);
}
