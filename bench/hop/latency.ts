import { Agent, request as httpRequest } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { quantile } from "../overload/score.ts";
import type { Hop } from "./proxies.ts";

const REQUESTS_PER_S = 500;
const SLICE_MS = 1000;

export interface Latency {
  readonly p50Us: number;
  readonly p99Us: number;
}

/**
 * Latency at 500 requests a second, open loop. All ways take turns, a second each, so that what else happens on the machine
 * meets all of them alike.
 */
export async function measureLatency(ways: readonly Hop[], rounds: number): Promise<Latency[]> {
  const samples = ways.map((): number[] => []);
  const agents = ways.map(() => new Agent({ keepAlive: true }));
  for (let round = -1; round < rounds; round++) {
    for (const [index, { port }] of ways.entries()) {
      const slice = await measureSlice(port, agents[index] as Agent);
      if (round >= 0) samples[index]?.push(...slice);
    }
  }
  for (const agent of agents) agent.destroy();
  return samples.map((values) => ({
    p50Us: quantile(values, 0.5) * 1000,
    p99Us: quantile(values, 0.99) * 1000,
  }));
}

async function measureSlice(port: number, agent: Agent): Promise<number[]> {
  const begin = performance.now();
  const latencies: Promise<number>[] = [];
  for (let sent = 0; sent < (REQUESTS_PER_S * SLICE_MS) / 1000; sent++) {
    const dueMs = begin + (sent * 1000) / REQUESTS_PER_S;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await pause(waitMs);
    latencies.push(exchange(port, agent));
  }
  return Promise.all(latencies);
}

function exchange(port: number, agent: Agent): Promise<number> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, agent }, (response) => {
      response.resume();
      response.once("end", () => resolve(performance.now() - begin));
    });
    request.once("error", reject);
    request.end();
  });
}
