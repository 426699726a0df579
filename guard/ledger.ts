import { type Cost, SAFETY } from "./cost.ts";

/** What one request under way has been promised, and how much of it can be seen already. */
export class Entry {
  readonly cost: Cost;
  readonly sinceMs: number;
  /** Growth that was charged to it. */
  seenBytes = 0;
  /** Of its life, the part in which growth could be told from what others freed. */
  seenMs = 0;

  constructor(cost: Cost, sinceMs: number) {
    this.cost = cost;
    this.sinceMs = sinceMs;
  }

  get meanBytes(): number {
    return Math.max(this.cost.meanBytes, this.seenBytes);
  }

  /** Still to come. */
  get unseenBytes(): number {
    return Math.max(0, this.cost.meanBytes - this.seenBytes);
  }

  /** The uncertainty goes as the growth is seen. */
  get variance(): number {
    const { meanBytes, spreadBytes } = this.cost;
    const unseenShare = meanBytes === 0 ? 1 : this.unseenBytes / meanBytes;
    return (spreadBytes * Math.max(unseenShare, MIN_UNSEEN_SHARE)) ** 2;
  }
}

/** A request that has taken all that was expected may still take more. */
const MIN_UNSEEN_SHARE = 0.5;

/** The promises that count against one limit. Bytes only: what time it is and what is in use come from outside. */
export class Ledger {
  readonly #entries = new Set<Entry>();

  get count(): number {
    return this.#entries.size;
  }

  get entries(): Iterable<Entry> {
    return this.#entries;
  }

  get reservedBytes(): number {
    return this.#sum(({ meanBytes }) => meanBytes);
  }

  get seenBytes(): number {
    return this.#sum(({ seenBytes }) => seenBytes);
  }

  get unseenBytes(): number {
    return this.#sum(({ unseenBytes }) => unseenBytes);
  }

  add(entry: Entry): void {
    this.#entries.add(entry);
  }

  /** False when it is gone already. */
  remove(entry: Entry): boolean {
    return this.#entries.delete(entry);
  }

  /**
   * The most that will be in use when everybody has taken what was promised, `extra` among them.
   * @param usedBytes in use now. @param baseBytes in use when nothing is under way.
   */
  committedBytes(usedBytes: number, baseBytes: number, extra: Cost = NOTHING): number {
    const grown = Math.max(usedBytes + this.unseenBytes, baseBytes + this.reservedBytes);
    const variance = this.#sum((entry) => entry.variance) + extra.spreadBytes ** 2;
    return grown + extra.meanBytes + SAFETY * Math.sqrt(variance);
  }

  /** Charges growth to those under way, by what is still expected of each. */
  charge(growthBytes: number, intervalMs: number, nowMs: number): void {
    const weight = (entry: Entry) => {
      const lifeMs = Math.min(intervalMs, nowMs - entry.sinceMs);
      return Math.max(entry.cost.meanBytes, 1) * Math.max(lifeMs, 0);
    };
    const total = this.#sum(weight);
    for (const entry of this.#entries) {
      entry.seenMs += Math.min(intervalMs, nowMs - entry.sinceMs);
      if (total > 0 && growthBytes > 0) entry.seenBytes += (growthBytes * weight(entry)) / total;
    }
  }

  #sum(read: (entry: Entry) => number): number {
    let total = 0;
    for (const entry of this.#entries) total += read(entry);
    return total;
  }
}

const NOTHING: Cost = { meanBytes: 0, spreadBytes: 0 };
