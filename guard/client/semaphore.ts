import { type Lease, leaseOf } from "./lease.ts";
import { LeaseRefused } from "./lease-refused.ts";

export interface SemaphoreAsk {
  /** How much of the limit, 1 or more. More than all of it counts as all: it then runs alone. Default 1. */
  readonly amount?: number;
  /** Ends the wait. What is held already stays held. */
  readonly signal?: AbortSignal | undefined;
  /** Longest wait, from 0. Default: no end. */
  readonly timeoutMs?: number | undefined;
}

interface Waiter {
  readonly amount: number;
  readonly start: () => void;
}

const RETRY_AFTER_SECONDS = 30;

/** At most `limit` held at once in this process; whoever waits is served in the order of coming. */
export class Semaphore {
  readonly limit: number;
  readonly #waiters = new Set<Waiter>();
  #held = 0;

  /** @param limit 1 or more. @throws RangeError for anything else. */
  constructor(limit: number) {
    if (!(limit >= 1)) throw new RangeError(`limit: must be 1 or more, got ${limit}; raise it`);
    this.limit = limit;
  }

  get held(): number {
    return this.#held;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** What it asks for, now or never. */
  tryAcquire(amount = 1): Lease | undefined {
    const weight = this.#weightOf(amount);
    return this.#waiters.size === 0 && this.#fits(weight) ? this.#take(weight) : undefined;
  }

  /**
   * @throws RangeError unless the amount is above 0; the signal's reason when it aborts first; LeaseRefused when the
   * time is over.
   */
  async acquire({ amount = 1, signal, timeoutMs }: SemaphoreAsk = {}): Promise<Lease> {
    signal?.throwIfAborted();
    return this.tryAcquire(amount) ?? this.#wait(this.#weightOf(amount), signal, timeoutMs);
  }

  #wait(amount: number, signal?: AbortSignal, timeoutMs?: number): Promise<Lease> {
    return new Promise((resolve, reject) => {
      const stop = (error: unknown) => {
        leave();
        reject(error);
        // It may have stood in the way of smaller ones.
        this.#serve();
      };
      const onAbort = () => stop(signal?.reason);
      const onTimeout = () => stop(new LeaseRefused("acquire_timeout", RETRY_AFTER_SECONDS));
      const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
      const leave = () => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const start = () => {
        leave();
        resolve(this.#take(amount));
      };
      const waiter: Waiter = { amount, start };
      this.#waiters.add(waiter);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  #weightOf(amount: number): number {
    if (!(amount > 0)) throw new RangeError(`amount: must be above 0, got ${amount}; correct it`);
    return Math.min(amount, this.limit);
  }

  #fits(amount: number): boolean {
    return this.#held + amount <= this.limit;
  }

  #take(amount: number): Lease {
    this.#held += amount;
    return leaseOf(() => {
      this.#held -= amount;
      this.#serve();
    });
  }

  #serve(): void {
    for (const waiter of this.#waiters) {
      if (!this.#fits(waiter.amount)) return;
      waiter.start();
    }
  }
}
