import { type Arrival, drawArrivals } from "../overload/arrivals.ts";
import type { Attempt, Outcome } from "../overload/client.ts";
import type { Profile } from "../overload/profiles.ts";
import type { Run } from "../overload/run.ts";
import { timesOf } from "../overload/times.ts";
import { Random } from "../random.ts";
import { SimulatedBackend } from "./backend.ts";
import { Clock } from "./clock.ts";
import { Door } from "./door.ts";
import { type Scene, Visit } from "./visit.ts";

export interface SimulationOptions {
  readonly hints: boolean;
  readonly profile: Profile;
  readonly seed: number;
  /** Times that a request may take longer than it should. */
  readonly slowest: number;
}

const LOAD_MS = 10_000;
/** Everything is over by then. */
const REST_MS = 9_000;
const FOREIGN_EVERY_MS = 250;
const RETRY_PAUSE_MS = 200;
const OTHER_SEEDS = 0x30000;

/** One run of the overload bench without its containers: the guard's own admission, simulated memory, and time that flies. */
export async function simulate({ hints, profile, seed, slowest }: SimulationOptions): Promise<Run> {
  const clock = new Clock();
  clock.install();
  try {
    const times = timesOf(LOAD_MS);
    const backend = new SimulatedBackend(clock, new Random(seed + OTHER_SEEDS), slowest);
    const door = new Door(backend, hints);
    clock.every(FOREIGN_EVERY_MS, () => {
      const sinceMs = clock.nowMs - times.loadFromMs;
      backend.foreignBytes = profile.foreignBytes(sinceMs, LOAD_MS);
    });
    const outcomes: Outcome[] = [];
    for (const arrival of drawArrivals(profile, seed, times)) {
      const tell = (outcome: Outcome) => outcomes.push(outcome);
      clock.after(arrival.atMs, () =>
        come({ clock, door, backend }, { arrival, tell }, profile.retries),
      );
    }
    await clock.run(times.endMs + REST_MS);
    door.close();
    const deaths = { outOfMemory: backend.deaths, other: 0 };
    const arm = hints ? "guard-hints" : "guard";
    return { arm, profile: profile.name, seed, times, outcomes, deaths, lagP99Ms: 0 };
  } finally {
    clock.uninstall();
  }
}

interface Client {
  readonly arrival: Arrival;
  tell(outcome: Outcome): void;
}

/** @param retries times that the client comes again when it is refused. */
function come(scene: Scene, { arrival, tell }: Client, retries: number): void {
  const { clock } = scene;
  const beginMs = clock.nowMs;
  const attempts: Attempt[] = [];
  const leftMs = () => arrival.deadlineMs - (clock.nowMs - beginMs);
  const next = (attempt: Attempt): void => {
    attempts.push(attempt);
    const isLast = ["done", "late"].includes(attempt.fate) || attempts.length > retries;
    const pauseMs = RETRY_PAUSE_MS * 2 ** (attempts.length - 1);
    if (!isLast && leftMs() > pauseMs) clock.after(pauseMs, visit);
    else {
      const { kind, atMs, bytes } = arrival;
      tell({ kind, atMs, bytes, attempts, fate: attempt.fate, latencyMs: clock.nowMs - beginMs });
    }
  };
  const visit = () => new Visit(scene, arrival, next).begin(leftMs());
  visit();
}
