import { setImmediate as turn } from "node:timers/promises";

type Call = () => void;

/** As much of Node's timer as the guard uses. */
class Timer {
  atMs: number;
  isCleared = false;
  readonly call: Call;
  readonly everyMs: number | undefined;

  constructor(call: Call, atMs: number, everyMs: number | undefined) {
    this.call = call;
    this.atMs = atMs;
    this.everyMs = everyMs;
  }

  unref(): this {
    return this;
  }
}

const KEPT = {
  now: performance.now,
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
  clearTimeout: globalThis.clearTimeout,
  clearInterval: globalThis.clearInterval,
};

/**
 * Time that passes as fast as the program computes. While it is installed, `performance.now` and the global timers of this
 * process go by it; promises are settled between two of its moments.
 */
export class Clock {
  #nowMs = 0;
  /** In the order of time. */
  readonly #timers: Timer[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, call: Call): Timer {
    return this.#add(new Timer(call, this.#nowMs + Math.max(0, delayMs), undefined));
  }

  every(intervalMs: number, call: Call): Timer {
    return this.#add(new Timer(call, this.#nowMs + intervalMs, intervalMs));
  }

  install(): void {
    const timer = (call: Call, ms = 0) => this.after(ms, call);
    const clear = (each?: Timer) => {
      if (each !== undefined) each.isCleared = true;
    };
    performance.now = () => this.#nowMs;
    Object.assign(globalThis, {
      setTimeout: timer,
      setInterval: (call: Call, ms: number) => this.every(ms, call),
      clearTimeout: clear,
      clearInterval: clear,
    });
  }

  uninstall(): void {
    const { now, ...timers } = KEPT;
    performance.now = now;
    Object.assign(globalThis, timers);
  }

  async run(untilMs: number): Promise<void> {
    for (let next = this.#timers.shift(); next !== undefined; next = this.#timers.shift()) {
      if (next.isCleared) continue;
      if (next.atMs > untilMs) return;
      this.#nowMs = next.atMs;
      next.call();
      if (next.everyMs !== undefined) {
        next.atMs += next.everyMs;
        this.#add(next);
      }
      // All promises that are settled by now go first.
      await turn();
    }
  }

  /** Behind those of the same moment. */
  #add(timer: Timer): Timer {
    let [low, high] = [0, this.#timers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#timers[middle] as Timer).atMs <= timer.atMs) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
    return timer;
  }
}
