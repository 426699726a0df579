/** How a wait ends without a permit. `moved`: the queue is no more, another one has to be found. */
export type WaitEnd = "queue_full" | "acquire_timeout" | "client_gone" | "moved";

export interface WaitLimits {
  /** Requests that may wait at once. */
  readonly queueRequests: number;
  /** How long each may wait. */
  readonly acquireTimeoutMs: number;
}

/** A request that waits for a permit. */
export class Waiter<Ask, Granted> {
  readonly ask: Ask;
  readonly outcome: Promise<Granted | WaitEnd>;
  readonly #timer: NodeJS.Timeout;
  readonly #leave: (waiter: Waiter<Ask, Granted>) => boolean;
  #resolve: (outcome: Granted | WaitEnd) => void = () => {};

  constructor(ask: Ask, timeoutMs: number, leave: (waiter: Waiter<Ask, Granted>) => boolean) {
    this.ask = ask;
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

/**
 * First come, first served, bounded in number and in time. A `Set` keeps the order of arrival and
 * takes anyone out of the middle in O(1).
 */
export class WaitQueue<Ask, Granted> {
  readonly #waiters = new Set<Waiter<Ask, Granted>>();

  #limits: WaitLimits;

  constructor(limits: WaitLimits) {
    this.#limits = limits;
  }

  /** For those who come from now on: who waits keeps place and time. */
  configure(limits: WaitLimits): void {
    this.#limits = limits;
  }

  get depth(): number {
    return this.#waiters.size;
  }

  get first(): Waiter<Ask, Granted> | undefined {
    return this.#waiters.values().next().value;
  }

  join(ask: Ask): Waiter<Ask, Granted> | "queue_full" {
    const { queueRequests, acquireTimeoutMs } = this.#limits;
    if (acquireTimeoutMs === 0 || this.depth >= queueRequests) return "queue_full";
    const waiter = new Waiter<Ask, Granted>(ask, acquireTimeoutMs, (each) =>
      this.#waiters.delete(each),
    );
    this.#waiters.add(waiter);
    return waiter;
  }
}
