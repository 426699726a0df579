import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Gate } from "./arms/arm.ts";
import type { Arrival, Kind } from "./arrivals.ts";

/**
 * `done`: the whole answer within the deadline. `refused`: a 503. `failed`: another status, or a broken connection.
 * `late`: the client left at its deadline.
 */
export type Fate = "done" | "refused" | "failed" | "late";

export interface Attempt {
  readonly fate: Fate;
  readonly latencyMs: number;
  /** Refused only after waiting for a place, not on arrival. */
  readonly hasWaited: boolean;
}

export interface Outcome {
  readonly kind: Kind;
  readonly atMs: number;
  readonly bytes: number;
  readonly attempts: readonly Attempt[];
  readonly fate: Fate;
  /** From arrival to the end, all attempts and pauses together. */
  readonly latencyMs: number;
}

export interface ClientOptions {
  readonly port: number;
  readonly gate?: Gate;
  /** Times that a client tries again. */
  readonly retries: number;
}

const RETRY_PAUSE_MS = 200;
const PATHS: Record<Kind, string> = { light: "/light", heavy: "/heavy", stream: "/stream" };

/** The clients of one run. Each request has a deadline, and its client leaves then. */
export class Client {
  readonly #options: ClientOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  end(): void {
    this.#agent.destroy();
  }

  async send(arrival: Arrival): Promise<Outcome> {
    const begin = performance.now();
    const attempts: Attempt[] = [];
    for (let retry = 0; retry <= this.#options.retries; retry++) {
      if (retry > 0) await pause(RETRY_PAUSE_MS * 2 ** (retry - 1));
      const leftMs = arrival.deadlineMs - (performance.now() - begin);
      if (leftMs <= 0) break;
      attempts.push(await this.#attempt(arrival, leftMs));
      if (["done", "late"].includes(attempts.at(-1)?.fate ?? "late")) break;
    }
    const { kind, atMs, bytes } = arrival;
    const fate = attempts.at(-1)?.fate ?? "late";
    return { kind, atMs, bytes, attempts, fate, latencyMs: performance.now() - begin };
  }

  async #attempt(arrival: Arrival, leftMs: number): Promise<Attempt> {
    const { gate } = this.#options;
    const begin = performance.now();
    if (gate === undefined) return this.#exchange(arrival, leftMs);
    const release = await gate({ ...arrival, deadlineMs: leftMs });
    const waitedMs = performance.now() - begin;
    if (release === undefined) return { fate: "refused", latencyMs: waitedMs, hasWaited: true };
    const attempt = await this.#exchange(arrival, leftMs - waitedMs);
    release();
    return { ...attempt, latencyMs: attempt.latencyMs + waitedMs };
  }

  #exchange(arrival: Arrival, leftMs: number): Promise<Attempt> {
    const begin = performance.now();
    return new Promise((resolve) => {
      const settle = (fate: Fate, hasWaited = false) => {
        clearTimeout(timer);
        resolve({ fate, latencyMs: performance.now() - begin, hasWaited });
      };
      const request = httpRequest({
        ...{ host: "127.0.0.1", port: this.#options.port, agent: this.#agent },
        path: `${PATHS[arrival.kind]}?size=${arrival.declaredBytes}`,
        headers: { "x-bench-bytes": arrival.bytes, "x-bench-ms": arrival.durationMs.toFixed(1) },
      });
      const timer = setTimeout(() => {
        settle("late");
        request.destroy();
      }, leftMs);
      request.on("error", () => settle("failed"));
      request.on("response", (response) => void read(response, settle));
      request.end();
    });
  }
}

/** What the guard and HAProxy say when a place did not become free in time. */
const WAITED = /acquire_timeout|queue_timeout/;

async function read(
  response: IncomingMessage,
  settle: (fate: Fate, hasWaited?: boolean) => void,
): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk);
  } catch {
    return settle("failed");
  }
  const { statusCode = 0 } = response;
  if (statusCode < 300) return settle("done");
  const hasWaited = WAITED.test(Buffer.concat(chunks).toString());
  settle(statusCode === 503 ? "refused" : "failed", hasWaited);
}
