import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import type { Arm, Place } from "./arms/arm.ts";
import { type Arrival, drawArrivals } from "./arrivals.ts";
import { BackendContainer, type Deaths } from "./backend/container.ts";
import { Client, type Outcome } from "./client.ts";
import type { Profile } from "./profiles.ts";
import { type Times, timesOf } from "./times.ts";

export interface RunOptions {
  readonly arm: Arm;
  readonly profile: Profile;
  readonly seed: number;
  readonly loadMs: number;
  readonly place: Place;
}

export interface Run {
  readonly arm: string;
  readonly profile: string;
  readonly seed: number;
  readonly times: Times;
  readonly outcomes: readonly Outcome[];
  readonly deaths: Deaths;
  /** How late the load generator itself was. */
  readonly lagP99Ms: number;
}

/** How often the foreign memory is brought to where the profile wants it. */
const FOREIGN_EVERY_MS = 250;
const NS_PER_MS = 1e6;

/** One arm, one profile, one seed: a fresh backend, a fresh arm, and what became of every request. */
export async function play(options: RunOptions): Promise<Run> {
  const { arm, profile, place, loadMs } = options;
  const times = timesOf(loadMs);
  const name = `${place.name}-backend`;
  const folder = place.programs;
  const backend = await BackendContainer.start({ ...place, name, folder, port: place.backendPort });
  try {
    const running = await arm.start({ place, profile, times });
    try {
      return await load(options, { backend, running: { ...running, retries: profile.retries } });
    } finally {
      await running.end();
    }
  } finally {
    await backend.end();
  }
}

interface Stage {
  readonly backend: BackendContainer;
  readonly running: ConstructorParameters<typeof Client>[0];
}

async function load({ arm, profile, seed, loadMs }: RunOptions, stage: Stage): Promise<Run> {
  const times = timesOf(loadMs);
  const lag = monitorEventLoopDelay({ resolution: 5 });
  const client = new Client(stage.running);
  lag.enable();
  const foreign = drawForeign(profile, times, stage.backend);
  const outcomes = await arrive(drawArrivals(profile, seed, times), client);
  foreign.end();
  lag.disable();
  client.end();
  const deaths = await stage.backend.deaths();
  const lagP99Ms = lag.percentile(99) / NS_PER_MS - 5;
  return { arm: arm.name, profile: profile.name, seed, times, outcomes, deaths, lagP99Ms };
}

/** Open loop: nobody waits for anybody else's answer. */
async function arrive(arrivals: readonly Arrival[], client: Client): Promise<Outcome[]> {
  const begin = performance.now();
  const outcomes: Promise<Outcome>[] = [];
  for (const arrival of arrivals) {
    const waitMs = arrival.atMs - (performance.now() - begin);
    if (waitMs > 0) await pause(waitMs);
    outcomes.push(client.send(arrival));
  }
  return Promise.all(outcomes);
}

function drawForeign(profile: Profile, times: Times, backend: BackendContainer) {
  const begin = performance.now();
  const timer = setInterval(() => {
    const atMs = performance.now() - begin - times.loadFromMs;
    const bytes = profile.foreignBytes(atMs, times.loadToMs - times.loadFromMs);
    if (bytes > 0 || atMs > 0) void backend.setForeign(bytes);
  }, FOREIGN_EVERY_MS);
  return { end: () => clearInterval(timer) };
}
