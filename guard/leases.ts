import { crypto } from "./crypto.ts";

/** Where the bytes of leases are counted, together with those of requests. */
export interface LeaseLedger {
  /** @returns a function that gives the bytes back, or why they cannot be had. */
  reserve(backend: string, bytes: number): (() => void) | string;
}

export interface LeaseAsk {
  readonly backend: string;
  readonly bytes: number;
  readonly ttlMs: number;
}

interface Held extends LeaseAsk {
  readonly giveBack: () => void;
  timer: NodeJS.Timeout;
}

/** A lease costs about 500 bytes here; far more than any backend has work for. */
export const MAX_LEASES = 1_000;

/** Memory that applications hold for work of their own, each for a bounded time unless it is renewed. */
export class Leases {
  readonly #ledger: LeaseLedger;
  readonly #held = new Map<string, Held>();

  constructor(ledger: LeaseLedger) {
    this.#ledger = ledger;
  }

  get count(): number {
    return this.#held.size;
  }

  /** Sum of what is held. */
  get bytes(): number {
    let bytes = 0;
    for (const held of this.#held.values()) bytes += held.bytes;
    return bytes;
  }

  /** The new lease's id, or why there is none. */
  take(ask: LeaseAsk): { readonly id: string } | string {
    if (this.#held.size >= MAX_LEASES) return "leases_full";
    const giveBack = this.#ledger.reserve(ask.backend, ask.bytes);
    if (typeof giveBack === "string") return giveBack;
    const id = crypto().randomUUID();
    this.#held.set(id, { ...ask, giveBack, timer: this.#expiry(id, ask.ttlMs) });
    return { id };
  }

  /** @returns false when there is no such lease (any more). */
  renew(id: string, ttlMs?: number): boolean {
    const held = this.#held.get(id);
    if (held === undefined) return false;
    clearTimeout(held.timer);
    held.timer = this.#expiry(id, ttlMs ?? held.ttlMs);
    return true;
  }

  /** @returns false when there is no such lease (any more). */
  release(id: string): boolean {
    const held = this.#held.get(id);
    if (held === undefined) return false;
    this.#held.delete(id);
    clearTimeout(held.timer);
    held.giveBack();
    return true;
  }

  close(): void {
    for (const id of [...this.#held.keys()]) this.release(id);
  }

  #expiry(id: string, ttlMs: number): NodeJS.Timeout {
    return setTimeout(() => this.release(id), ttlMs).unref();
  }
}
