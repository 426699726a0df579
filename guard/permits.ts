import { type Account, type Ending, NO_ACCOUNT } from "./account.ts";

type Hold = "request" | "stream";
/** @param tell called when the counts are right and nobody else has the place yet. */
type Move = (from: Hold, to: Hold | undefined, tell: () => void) => boolean;

/**
 * The places at one backend: `limit` requests at work and, beside them, `streamLimit` open streams.
 * A stream lasts minutes and costs memory rather than work, so it must not keep requests out.
 */
export class Permits {
  readonly #held: Record<Hold, number> = { request: 0, stream: 0 };
  readonly #onFree: () => void;
  #limit: number;
  #streamLimit: number;

  /** @param onFree called after each change that may let another request in. */
  constructor(limit: number, streamLimit: number, onFree: () => void) {
    this.#limit = limit;
    this.#streamLimit = streamLimit;
    this.#onFree = onFree;
  }

  get limit(): number {
    return this.#limit;
  }

  get streamLimit(): number {
    return this.#streamLimit;
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
    return this.streams < this.#streamLimit;
  }

  /** A lower limit takes no permit back: nobody is let in until enough were returned. */
  resize(limit: number, streamLimit = this.#streamLimit): void {
    this.#limit = limit;
    this.#streamLimit = streamLimit;
    this.#onFree();
  }

  tryAcquire(account: Account = NO_ACCOUNT): Permit | undefined {
    if (!this.hasRoom) return undefined;
    this.#held.request += 1;
    return new Permit(this.#move, account);
  }

  readonly #move: Move = (from, to, tell) => {
    if (to === "stream" && !this.hasStreamRoom) return false;
    this.#held[from] -= 1;
    if (to !== undefined) this.#held[to] += 1;
    tell();
    this.#onFree();
    return true;
  };
}

/** One place, given back exactly once however often `release` is called. */
export class Permit {
  /** To be told what becomes of the request; its stream and its end it learns from here. */
  readonly account: Account;
  readonly #move: Move;
  #hold: Hold | undefined = "request";

  constructor(move: Move, account: Account) {
    this.#move = move;
    this.account = account;
  }

  /** Counts from now on as a stream. False, and nothing changes, when the streams are full or the permit is gone. */
  toStream(): boolean {
    if (this.#hold !== "request") return false;
    const isMoved = this.#move("request", "stream", () => this.account.becameStream());
    if (isMoved) this.#hold = "stream";
    return isMoved;
  }

  release(ending: Ending): void {
    const hold = this.#hold;
    this.#hold = undefined;
    if (hold !== undefined) this.#move(hold, undefined, () => this.account.ended(ending));
  }
}
