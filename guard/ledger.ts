import { type Cost, SAFETY } from "./cost.ts";

/** A request that has taken all that was expected may still take more. */
const MIN_UNSEEN_SHARE = 0.5;

/** What one request under way has been promised, and how much of it can be seen already. */
export class Entry {
  readonly sinceMs: number;
  #cost: Cost;
  /** Growth that was charged to it. */
  seenBytes = 0;
  /** Of its life, the part in which growth could be told from what others freed. */
  seenMs = 0;

  constructor(cost: Cost, sinceMs: number) {
    this.#cost = cost;
    this.sinceMs = sinceMs;
  }

  get cost(): Cost {
    return this.#cost;
  }

  /** It has all that it will take: what can be seen is promised, and no more. */
  settle(): void {
    this.#cost = { meanBytes: this.seenBytes, spreadBytes: 0 };
  }

  /** How uncertain what is still to come is: the less, the more of it has been seen. */
  get restVariance(): number {
    const { meanBytes, spreadBytes } = this.cost;
    const unseen = meanBytes === 0 ? 1 : 1 - this.seenBytes / meanBytes;
    return (spreadBytes * Math.max(unseen, MIN_UNSEEN_SHARE)) ** 2;
  }
}

/** What all together will still take. */
interface Rest {
  readonly meanBytes: number;
  readonly variance: number;
}

/** The promises that count against one limit. Bytes only: what time it is and what is in use come from outside. */
export class Ledger {
  readonly #entries = new Set<Entry>();
  #nowMs = 0;
  #rest: Rest | undefined;

  get count(): number {
    return this.#entries.size;
  }

  /** All that was promised to those under way. */
  get reservedBytes(): number {
    return this.#sum(({ cost }) => cost.meanBytes);
  }

  get seenBytes(): number {
    return this.#sum(({ seenBytes }) => seenBytes);
  }

  /** Still to come at the time that was last told. */
  get unseenBytes(): number {
    return this.#restNow().meanBytes;
  }

  add(entry: Entry): void {
    this.#entries.add(entry);
    this.changed();
  }

  /** To be told when an entry is. */
  changed(): void {
    this.#rest = undefined;
  }

  /** False when it is gone already. */
  remove(entry: Entry): boolean {
    this.#rest = undefined;
    return this.#entries.delete(entry);
  }

  /** What is still to come changes with time. */
  advance(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#rest = undefined;
  }

  /**
   * The most that will be in use when everybody has taken what was promised, `extra` among them.
   * @param usedBytes in use now. @param baseBytes in use when nothing is under way.
   */
  committedBytes(usedBytes: number, baseBytes: number, extra: Cost = NOTHING): number {
    const rest = this.#restNow();
    const told = this.#sum(({ cost }) => (cost.rest === undefined ? cost.meanBytes : 0));
    const grown = Math.max(usedBytes + rest.meanBytes, baseBytes + told);
    const variance = rest.variance + extra.spreadBytes ** 2;
    return grown + extra.meanBytes + SAFETY * Math.sqrt(variance);
  }

  /**
   * Charges growth to those under way, by what is expected of each. It is charged in full to those that are known and
   * again to those of which there is only a guess: a guess too high must not make the others look cheap.
   */
  charge(growthBytes: number, intervalMs: number, nowMs: number): void {
    const livedMs = (entry: Entry) => Math.max(0, Math.min(intervalMs, nowMs - entry.sinceMs));
    const weight = (entry: Entry) => Math.max(entry.cost.meanBytes, 1) * livedMs(entry);
    const known = this.#sum((entry) => (entry.cost.isGuess ? 0 : weight(entry)));
    const guessed = this.#sum((entry) => (entry.cost.isGuess ? weight(entry) : 0));
    for (const entry of this.#entries) {
      const lived = livedMs(entry);
      if (lived === 0) continue;
      const share = weight(entry) / (entry.cost.isGuess ? guessed : known);
      entry.seenMs += lived;
      // One that was there for a part of the time can have taken no more than that part.
      entry.seenBytes += Math.max(0, growthBytes) * share * (lived / intervalMs);
    }
    this.advance(nowMs);
  }

  #restNow(): Rest {
    this.#rest ??= this.#computeRest();
    return this.#rest;
  }

  #computeRest(): Rest {
    let told = 0;
    let learned = 0;
    let variance = 0;
    for (const entry of this.#entries) {
      const { cost, sinceMs, seenBytes } = entry;
      if (cost.rest === undefined) {
        // Of all together: which of them has grown is a guess, that they have is not.
        told += cost.meanBytes - seenBytes;
        variance += entry.restVariance;
      } else {
        const rest = cost.rest.at(this.#nowMs - sinceMs);
        learned += rest.meanBytes;
        variance += rest.spreadBytes ** 2;
      }
    }
    return { meanBytes: Math.max(0, told) + learned, variance };
  }

  #sum(read: (entry: Entry) => number): number {
    let total = 0;
    for (const entry of this.#entries) total += read(entry);
    return total;
  }
}

const NOTHING: Cost = { meanBytes: 0, spreadBytes: 0 };
