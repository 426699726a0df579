import { MIB } from "../../../core/units.ts";
import type { Arrival } from "../arrivals.ts";
import { LIMIT_BYTES } from "../backend/container.ts";
import { heldBytes, type Work } from "../work.ts";
import type { Arm, Gate, Scene } from "./arm.ts";

/** What the backend needs apart from heavy requests: Node, light requests, the kernel's part. */
const BASE_BYTES = 72 * MIB;
const LOOK_EVERY_MS = 50;

interface Held extends Work {
  readonly sinceMs: number;
}

interface Waiting {
  readonly arrival: Arrival;
  readonly untilMs: number;
  settle(release: (() => void) | undefined): void;
}

/**
 * Knows of every request its exact bytes and its exact lifetime, and of everything else in the container what it will take.
 * `bytes` reserves a request's bytes for its lifetime, which is the best that a reservation can do; `future` also knows when
 * each request will hold how much, and so starts one while another, which will be gone in time, still runs.
 */
export function oracle(knows: "bytes" | "future"): Arm {
  return {
    name: knows === "bytes" ? "oracle" : "clairvoyant",
    readsHints: false,
    start: async (scene) => {
      const gate = new OracleGate(scene, knows);
      return { port: scene.place.backendPort, gate: gate.enter, end: async () => gate.end() };
    },
  };
}

class OracleGate {
  readonly #scene: Scene;
  readonly #knows: "bytes" | "future";
  readonly #held = new Set<Held>();
  readonly #waiting = new Set<Waiting>();
  readonly #timer = setInterval(() => this.#admit(), LOOK_EVERY_MS);
  readonly #beginMs = performance.now();

  constructor(scene: Scene, knows: "bytes" | "future") {
    this.#scene = scene;
    this.#knows = knows;
  }

  readonly enter: Gate = (arrival) => {
    if (arrival.kind !== "heavy") return Promise.resolve(() => undefined);
    return new Promise((settle) => {
      const untilMs = performance.now() + arrival.deadlineMs - arrival.durationMs;
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
        this.#settle(waiting, this.#hold(waiting.arrival, nowMs));
    }
  }

  #settle(waiting: Waiting, release: (() => void) | undefined): void {
    this.#waiting.delete(waiting);
    waiting.settle(release);
  }

  #hold({ bytes, durationMs }: Work, sinceMs: number): () => void {
    const held = { bytes, durationMs, sinceMs };
    this.#held.add(held);
    return () => {
      this.#held.delete(held);
      this.#admit();
    };
  }

  #fits(work: Work, nowMs: number): boolean {
    const all = [...this.#held, { ...work, sinceMs: nowMs }];
    const free = LIMIT_BYTES - BASE_BYTES - this.#foreignBytes(nowMs, work.durationMs);
    if (this.#knows === "bytes") return sum(all.map(({ bytes }) => bytes)) <= free;
    return all.every((one) => sum(all.map((other) => bytesAtPeakOf(one, other, nowMs))) <= free);
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

/** What `other` holds in the moment before `one` is done: the sum over all is highest in one of these moments. */
function bytesAtPeakOf(one: Held, other: Held, nowMs: number): number {
  const LATE_MS = 100;
  const peakMs = Math.max(nowMs, one.sinceMs + one.durationMs - 1);
  const isOverdue = other.sinceMs + other.durationMs + LATE_MS <= peakMs;
  if (isOverdue && peakMs > nowMs) return 0;
  return heldBytes(other, Math.min(peakMs - other.sinceMs, other.durationMs - 1));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
