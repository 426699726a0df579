/** Shorter says too little, longer remembers what is no longer so. */
const MIN_MS = 1_000;
const WINDOW_MS = 4_000;

/** How many bytes of requests are let in a millisecond while others wait: how fast a queue goes. */
export class DrainRate {
  #sinceMs: number | undefined;
  #bytes = 0;

  /** Somebody waits. Harmless when somebody did before. */
  start(nowMs: number): void {
    this.#sinceMs ??= nowMs;
    const age = nowMs - this.#sinceMs;
    if (age <= WINDOW_MS) return;
    // Keep half of the window, with half of what came in it.
    this.#sinceMs = nowMs - age / 2;
    this.#bytes /= 2;
  }

  /** Nobody waits: what is let in now is what comes, not what could be. */
  stop(): void {
    this.#sinceMs = undefined;
    this.#bytes = 0;
  }

  add(bytes: number): void {
    if (this.#sinceMs !== undefined) this.#bytes += bytes;
  }

  /** Undefined until it can be told. */
  perMs(nowMs: number): number | undefined {
    const age = this.#sinceMs === undefined ? 0 : nowMs - this.#sinceMs;
    return age < MIN_MS ? undefined : this.#bytes / age;
  }
}
