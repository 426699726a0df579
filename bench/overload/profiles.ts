import { MIB } from "../../core/units.ts";
import { PROFILE_TIMES, type Times } from "./times.ts";

/** What the clients and the server's other programs do. Loads are multiples of what the memory carries. */
export interface Profile {
  readonly name: string;
  readonly what: string;
  /** Load of heavy requests at a time since the load's begin, which lasts `loadMs`. */
  load(atMs: number, loadMs: number): number;
  /** False: the first heavy request meets an arm that has seen none. */
  readonly warm: boolean;
  /** Declared size / true size. */
  readonly hintFactor: number;
  /** Times that a client tries again. */
  readonly retries: number;
  readonly streamsPerS: number;
  /** One request of this size in the middle of the load. */
  readonly whaleBytes: number;
  /** Bytes that belong to no request, at a time since the load's begin. */
  foreignBytes(atMs: number, loadMs: number): number;
  /** Told only to arms that look at hints: the others see the same as in `sameAs`. */
  readonly sameAs?: string;
}

const STEP_LOAD = 3;

const STEP: Profile = {
  name: "step",
  what: "three times what the memory carries, at once",
  load: () => STEP_LOAD,
  warm: true,
  hintFactor: 1,
  retries: 0,
  streamsPerS: 0,
  whaleBytes: 0,
  foreignBytes: () => 0,
};

const BURST_EVERY_MS = 4000;
const BURST_MS = 1000;

/** Leaks 70 MiB over 10 seconds. */
const LEAK_BYTES_PER_MS = (7 * MIB) / 1000;

const FOREIGN_BYTES = 60 * MIB;
const FOREIGN_RAMP_MS = 3000;

/** Grows in a quarter of the load's time, stays for a half, and goes at three quarters. */
function foreignPressure(atMs: number, loadMs: number): number {
  const sinceMs = atMs - loadMs / 4;
  if (sinceMs < 0 || atMs > (loadMs * 3) / 4) return 0;
  return FOREIGN_BYTES * Math.min(1, sinceMs / FOREIGN_RAMP_MS);
}

export const PROFILES: readonly Profile[] = [
  STEP,
  {
    ...STEP,
    name: "burst",
    what: "eight times for a second, every four seconds, and little between",
    load: (atMs) => (atMs % BURST_EVERY_MS < BURST_MS ? 8 : 0.3),
  },
  {
    ...STEP,
    name: "hill",
    what: "rises evenly to four times and falls again",
    load: (atMs, loadMs) => 4 * (1 - Math.abs((2 * atMs) / loadMs - 1)),
  },
  {
    ...STEP,
    name: "leak",
    what: "twice, while the backend leaks 7 MiB a second that never come back",
    load: () => 2,
    foreignBytes: (atMs, loadMs) => LEAK_BYTES_PER_MS * Math.max(0, Math.min(atMs, loadMs)),
  },
  {
    ...STEP,
    name: "foreign",
    what: "twice, while something that is no request takes 60 MiB within three seconds",
    load: () => 2,
    foreignBytes: foreignPressure,
  },
  {
    ...STEP,
    name: "whale",
    what: "one and a half times, and one request of 140 MiB",
    load: () => 1.5,
    whaleBytes: 140 * MIB,
  },
  {
    ...STEP,
    name: "hints-half",
    what: "step, every request declares half of its size",
    hintFactor: 0.5,
    sameAs: "step",
  },
  {
    ...STEP,
    name: "hints-double",
    what: "step, every request declares twice its size",
    hintFactor: 2,
    sameAs: "step",
  },
  { ...STEP, name: "retry", what: "step, clients try again up to three times", retries: 3 },
  { ...STEP, name: "cold", what: "step without anything before it", warm: false },
  { ...STEP, name: "streams", what: "step, and three event streams a second", streamsPerS: 3 },
];

/** Load of heavy requests at a time since the run's begin. */
export function loadAt(profile: Profile, atMs: number, times: Times): number {
  if (atMs < times.warmFromMs) return 0;
  if (atMs < times.loadFromMs) return profile.warm ? PROFILE_TIMES.warmLoad : 0;
  if (atMs < times.loadToMs) {
    return profile.load(atMs - times.loadFromMs, times.loadToMs - times.loadFromMs);
  }
  return PROFILE_TIMES.tailLoad;
}
