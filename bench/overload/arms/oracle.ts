import { MIB } from "../../../core/units.ts";
import type { Arrival } from "../arrivals.ts";
import { LIMIT_BYTES } from "../backend/container.ts";
import type { Work } from "../work.ts";
import type { Arm, Gate, Scene } from "./arm.ts";

/** What the backend needs apart from heavy requests: Node 48 MiB, huge pages that are filled in part, the kernel's part. */
const BASE_BYTES = 80 * MIB;
const LOOK_EVERY_MS = 50;
/** A busy machine makes requests late; one whose client has left would still hold its memory. */
const LATE_MS = 500;

interface Waiting {
  readonly arrival: Arrival;
  readonly untilMs: number;
  settle(release: (() => void) | undefined): void;
}

/**
 * Knows the exact bytes of every request, reserves them until the moment in which it is done, and knows what everything else
 * in the container will take. No reservation can do better; one that may be wrong must leave room for its error.
 */
export const oracle: Arm = {
  name: "oracle",
  readsHints: false,
  start: async (scene) => {
    const gate = new OracleGate(scene);
    return { port: scene.place.backendPort, gate: gate.enter, end: async () => gate.end() };
  },
};

class OracleGate {
  readonly #scene: Scene;
  #heldBytes = 0;
  readonly #waiting = new Set<Waiting>();
  readonly #timer = setInterval(() => this.#admit(), LOOK_EVERY_MS);
  readonly #beginMs = performance.now();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  readonly enter: Gate = (arrival) => {
    if (arrival.kind !== "heavy") return Promise.resolve(() => undefined);
    return new Promise((settle) => {
      const untilMs = performance.now() + arrival.deadlineMs - arrival.durationMs - LATE_MS;
      this.#waiting.add({ arrival, untilMs, settle });
      this.#admit();
    });
  };

  end(): void {
    clearInterval(this.#timer);
    for (const { settle } of this.#waiting) settle(undefined);
  }

  /** The longest waiting first; one that fits passes one that does not. */
  #admit(): void {
    const nowMs = performance.now();
    for (const waiting of this.#waiting) {
      if (nowMs > waiting.untilMs) this.#settle(waiting, undefined);
      else if (this.#fits(waiting.arrival, nowMs))
        this.#settle(waiting, this.#hold(waiting.arrival.bytes));
    }
  }

  #settle(waiting: Waiting, release: (() => void) | undefined): void {
    this.#waiting.delete(waiting);
    waiting.settle(release);
  }

  #hold(bytes: number): () => void {
    this.#heldBytes += bytes;
    return () => {
      this.#heldBytes -= bytes;
      this.#admit();
    };
  }

  #fits({ bytes, durationMs }: Work, nowMs: number): boolean {
    const free = LIMIT_BYTES - BASE_BYTES - this.#foreignBytes(nowMs, durationMs);
    return this.#heldBytes + bytes <= free;
  }

  /** The most that is not a request's, until the request is done. */
  #foreignBytes(nowMs: number, durationMs: number): number {
    const { profile, times } = this.#scene;
    const loadMs = times.loadToMs - times.loadFromMs;
    const sinceMs = nowMs - this.#beginMs - times.loadFromMs;
    const moments = [0, 0.25, 0.5, 0.75, 1].map((share) => sinceMs + durationMs * share);
    return Math.max(...moments.map((atMs) => profile.foreignBytes(atMs, loadMs)));
  }
}
