/** How long a backend is left alone after a failed connect: a container restart takes a few seconds. */
export const AVOID_MS = 2_000;

/**
 * Passive health of one backend. After a failed connect it is avoided; then one request per window is
 * the probe, and the first connect that succeeds ends it.
 */
export class Health {
  #avoidUntilMs: number | undefined;

  get isUp(): boolean {
    return this.#avoidUntilMs === undefined;
  }

  allows(nowMs: number): boolean {
    return this.#avoidUntilMs === undefined || nowMs >= this.#avoidUntilMs;
  }

  /** A request goes there now; when it is the probe, it takes the whole window. */
  start(nowMs: number): void {
    if (!this.isUp) this.#avoidUntilMs = nowMs + AVOID_MS;
  }

  /** @returns whether the backend was up until now. */
  fail(nowMs: number): boolean {
    const wasUp = this.isUp;
    this.#avoidUntilMs = nowMs + AVOID_MS;
    return wasUp;
  }

  /** @returns whether the backend was down until now. */
  succeed(): boolean {
    const wasDown = !this.isUp;
    this.#avoidUntilMs = undefined;
    return wasDown;
  }
}
