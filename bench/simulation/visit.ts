import type { Grant } from "../../guard/backend.ts";
import type { Arrival } from "../overload/arrivals.ts";
import type { Attempt, Fate } from "../overload/client.ts";
import type { SimulatedBackend } from "./backend.ts";
import type { Clock } from "./clock.ts";
import type { Door } from "./door.ts";

/** Until a stream's first byte. */
const STREAM_START_MS = 2;

export interface Scene {
  readonly clock: Clock;
  readonly door: Door;
  readonly backend: SimulatedBackend;
}

/** One attempt of one client, who leaves at its deadline. */
export class Visit {
  readonly #scene: Scene;
  readonly #arrival: Arrival;
  readonly #settle: (attempt: Attempt) => void;
  readonly #beginMs: number;
  #leave: () => void = () => {};
  #hasWaited = false;
  #isOver = false;

  constructor(scene: Scene, arrival: Arrival, settle: (attempt: Attempt) => void) {
    this.#scene = scene;
    this.#arrival = arrival;
    this.#settle = settle;
    this.#beginMs = scene.clock.nowMs;
  }

  begin(leftMs: number): void {
    const { clock, door } = this.#scene;
    const answer = door.acquire(this.#arrival);
    if (typeof answer === "string") {
      this.#end("refused");
      return;
    }
    clock.after(leftMs, () => {
      if (this.#end("late")) this.#leave();
    });
    if ("outcome" in answer) {
      this.#leave = () => answer.settle("client_gone");
      void answer.outcome.then((outcome) => this.#waited(outcome));
    } else {
      void this.#work(answer);
    }
  }

  #waited(outcome: Grant | string): void {
    this.#hasWaited = true;
    if (typeof outcome === "string") this.#end("refused");
    else if (this.#isOver) outcome.permit.release("abandoned");
    else void this.#work(outcome);
  }

  async #work({ permit }: Grant): Promise<void> {
    this.#leave = () => permit.release("abandoned");
    if (this.#arrival.kind === "stream") await this.#pause(STREAM_START_MS);
    const isWhole = await this.#done(() => permit.toStream());
    this.#end(isWhole ? "done" : "failed");
    permit.release(isWhole ? "completed" : "failed");
  }

  async #done(becomeStream: () => void): Promise<boolean> {
    const { backend } = this.#scene;
    const { kind, durationMs } = this.#arrival;
    if (kind === "heavy") return backend.work(this.#arrival);
    if (kind === "stream") {
      becomeStream();
      return backend.work(this.#arrival, 0);
    }
    await this.#pause(durationMs);
    return !backend.isDown;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#scene.clock.after(ms, resolve));
  }

  /** @returns false when it was over already. */
  #end(fate: Fate): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    const latencyMs = this.#scene.clock.nowMs - this.#beginMs;
    this.#settle({ fate, latencyMs, hasWaited: this.#hasWaited });
    return true;
  }
}
