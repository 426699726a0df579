/** As Envoy has it: a fifth of what is under way, and three where little is. */
const SHARE = 0.2;
const MIN_RETRIES = 3;

export interface RetryLimits {
  /** 0 for none; more than 1 counts as 1. */
  readonly maxRetries: number;
}

/**
 * How many requests may be under way for the second time. When a backend fails, everything at it fails: to send all
 * of that again would be the load that brings down the next one.
 */
export class RetryBudget {
  readonly #inFlight: () => number;
  readonly #isUnderPressure: () => boolean;
  #limits: RetryLimits;
  #taken = 0;

  /** @param isUnderPressure each retry buys memory: where that is short, none is made. */
  constructor(limits: RetryLimits, inFlight: () => number, isUnderPressure: () => boolean) {
    this.#limits = limits;
    this.#inFlight = inFlight;
    this.#isUnderPressure = isUnderPressure;
  }

  get taken(): number {
    return this.#taken;
  }

  configure(limits: RetryLimits): void {
    this.#limits = limits;
  }

  /** True when a request may be sent again; it is then to be given back once. */
  tryTake(): boolean {
    if (this.#limits.maxRetries === 0 || this.#isUnderPressure()) return false;
    if (this.#taken >= Math.max(MIN_RETRIES, SHARE * this.#inFlight())) return false;
    this.#taken += 1;
    return true;
  }

  giveBack(): void {
    this.#taken -= 1;
  }
}
