type Hold = "request" | "stream";
type Move = (from: Hold, to: Hold | undefined) => boolean;

/**
 * The places at one backend: `limit` requests at work and, beside them, `streamLimit` open streams.
 * A stream lasts minutes and costs memory rather than work, so it must not keep requests out.
 */
export class Permits {
  readonly streamLimit: number;
  readonly #held: Record<Hold, number> = { request: 0, stream: 0 };
  readonly #onFree: () => void;
  #limit: number;

  /** @param onFree called after each change that may let another request in. */
  constructor(limit: number, streamLimit: number, onFree: () => void) {
    this.#limit = limit;
    this.streamLimit = streamLimit;
    this.#onFree = onFree;
  }

  get limit(): number {
    return this.#limit;
  }

  get active(): number {
    return this.#held.request;
  }

  get streams(): number {
    return this.#held.stream;
  }

  get hasRoom(): boolean {
    return this.active < this.#limit;
  }

  get hasStreamRoom(): boolean {
    return this.streams < this.streamLimit;
  }

  /** A lower limit takes no permit back: nobody is let in until enough were returned. */
  resize(limit: number): void {
    this.#limit = limit;
    this.#onFree();
  }

  tryAcquire(): Permit | undefined {
    if (!this.hasRoom) return undefined;
    this.#held.request += 1;
    return new Permit(this.#move);
  }

  readonly #move: Move = (from, to) => {
    if (to === "stream" && !this.hasStreamRoom) return false;
    this.#held[from] -= 1;
    if (to !== undefined) this.#held[to] += 1;
    this.#onFree();
    return true;
  };
}

/** One place, given back exactly once however often `release` is called. */
export class Permit {
  readonly #move: Move;
  #hold: Hold | undefined = "request";

  constructor(move: Move) {
    this.#move = move;
  }

  /** Counts from now on as a stream. False, and nothing changes, when the streams are full or the permit is gone. */
  toStream(): boolean {
    if (this.#hold !== "request" || !this.#move("request", "stream")) return false;
    this.#hold = "stream";
    return true;
  }

  release(): void {
    const hold = this.#hold;
    this.#hold = undefined;
    if (hold !== undefined) this.#move(hold, undefined);
  }
}
