import type { Ask } from "./ask.ts";
import { rankOf } from "./criticality.ts";

/** How a wait ends without a permit. `moved`: the queue is no more, another one has to be found. */
export type WaitEnd = "queue_full" | "acquire_timeout" | "client_gone" | "moved";

export interface WaitLimits {
  /** Requests that may wait at once. */
  readonly queueRequests: number;
  /** How long each may wait. */
  readonly acquireTimeoutMs: number;
}

/** A request that waits for a permit. */
export class Waiter<Granted> {
  readonly ask: Ask;
  readonly sinceMs: number;
  readonly outcome: Promise<Granted | WaitEnd>;
  /** How often one that came later was served first. */
  skips = 0;
  readonly #timer: NodeJS.Timeout;
  readonly #leave: (waiter: Waiter<Granted>) => boolean;
  #resolve: (outcome: Granted | WaitEnd) => void = () => {};

  constructor(ask: Ask, timeoutMs: number, leave: (waiter: Waiter<Granted>) => boolean) {
    this.ask = ask;
    this.sinceMs = performance.now();
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#timer = setTimeout(() => this.settle("acquire_timeout"), timeoutMs);
    this.#leave = leave;
  }

  /** Ends the wait and frees its place in the queue; later calls do nothing. */
  settle(outcome: Granted | WaitEnd): void {
    if (!this.#leave(this)) return;
    clearTimeout(this.#timer);
    this.#resolve(outcome);
  }
}

/** A large request lets smaller ones of its rank pass only this often: then they wait behind it. */
const MAX_SKIPS = 64;
/** Of a full queue one client may keep this share from others. */
const CLIENT_SHARE = 0.5;

/**
 * Bounded in number and in time; the more critical first, first come first served among equals, except that one that
 * fits passes one that does not.
 */
export class WaitQueue<Granted> {
  /** In the order of service. */
  readonly #waiters: Waiter<Granted>[] = [];
  #limits: WaitLimits;

  constructor(limits: WaitLimits) {
    this.#limits = limits;
  }

  /** For those who come from now on: who waits keeps place and time. */
  configure(limits: WaitLimits): void {
    this.#limits = limits;
  }

  get depth(): number {
    return this.#waiters.length;
  }

  get first(): Waiter<Granted> | undefined {
    return this.#waiters[0];
  }

  get costBytes(): number {
    return this.#waiters.reduce((sum, { ask }) => sum + ask.cost.meanBytes, 0);
  }

  /** Of the one that has waited longest; 0 when nobody waits. */
  oldestMs(nowMs: number): number {
    return Math.max(0, ...this.#waiters.map(({ sinceMs }) => nowMs - sinceMs));
  }

  /** What waits for memory and would be served before such a request. */
  bytesBefore(ask: Ask): number {
    const rank = rankOf(ask.criticality);
    const bytes = ask.cost.meanBytes;
    let before = 0;
    for (const { ask: other, skips } of this.#waiters) {
      const otherRank = rankOf(other.criticality);
      // A larger one lets this one pass, as long as it has not done so too often.
      const isBefore = other.cost.meanBytes <= bytes || skips >= MAX_SKIPS;
      if (otherRank < rank || (otherRank === rank && isBefore)) before += other.cost.meanBytes;
    }
    return before;
  }

  /** Whether somebody of the same rank or a higher one has been passed too often to be passed again. */
  isBlockedFor(ask: Ask): boolean {
    const rank = rankOf(ask.criticality);
    return this.#waiters.some(
      (each) => each.skips >= MAX_SKIPS && rankOf(each.ask.criticality) <= rank,
    );
  }

  /** Somebody was served who came after these. */
  skip(ask: Ask): void {
    for (const each of this.#waiters) {
      if (each.ask.criticality === ask.criticality) each.skips += 1;
    }
  }

  join(ask: Ask): Waiter<Granted> | "queue_full" {
    const { queueRequests, acquireTimeoutMs } = this.#limits;
    if (acquireTimeoutMs === 0) return "queue_full";
    if (this.depth >= queueRequests && !this.#makeRoom(ask)) return "queue_full";
    const waiter = new Waiter<Granted>(ask, acquireTimeoutMs, (each) => this.#remove(each));
    const rank = rankOf(ask.criticality);
    const at = this.#waiters.findIndex((each) => rankOf(each.ask.criticality) > rank);
    this.#waiters.splice(at < 0 ? this.depth : at, 0, waiter);
    return waiter;
  }

  /** Asks for everybody, in the order of service, what becomes of them; undefined lets them wait on. */
  serve(outcomeFor: (ask: Ask) => Granted | WaitEnd | undefined): void {
    const passed: Waiter<Granted>[] = [];
    for (const waiter of [...this.#waiters]) {
      // Whoever has been passed too often holds up those of its rank and below.
      if (passed.some(({ skips }) => skips >= MAX_SKIPS)) return;
      const outcome = outcomeFor(waiter.ask);
      if (outcome === undefined) {
        passed.push(waiter);
        continue;
      }
      for (const each of passed) {
        if (each.ask.criticality === waiter.ask.criticality) each.skips += 1;
      }
      waiter.settle(outcome);
    }
  }

  #remove(waiter: Waiter<Granted>): boolean {
    const at = this.#waiters.indexOf(waiter);
    if (at >= 0) this.#waiters.splice(at, 1);
    return at >= 0;
  }

  /** Turns away the last of a less critical rank, or of a client that takes up more than its share. */
  #makeRoom(ask: Ask): boolean {
    const last = this.#waiters.at(-1);
    if (last === undefined) return false;
    const isOutranked = rankOf(last.ask.criticality) > rankOf(ask.criticality);
    const victim = isOutranked ? last : this.#lastOfGreedy(ask);
    victim?.settle("queue_full");
    return victim !== undefined;
  }

  #lastOfGreedy({ client }: Ask): Waiter<Granted> | undefined {
    const last = this.#waiters.findLast((each) => {
      const places = this.#waiters.filter(({ ask }) => ask.client === each.ask.client).length;
      return places > CLIENT_SHARE * this.#limits.queueRequests;
    });
    return last?.ask.client === client ? undefined : last;
  }
}
