import { setTimeout as delay } from "node:timers/promises";
import { GuardAddress } from "./guard-address.ts";
import { GuardLease } from "./guard-lease.ts";
import type { Lease } from "./lease.ts";
import type { LeaseRefused } from "./lease-refused.ts";
import { Semaphore } from "./semaphore.ts";

export interface MemoryLeasesOptions {
  /** `http://host:port` of the guard's admin port. Default: none, the local budget alone decides. */
  readonly guard?: string | undefined;
  /** Which backend of the guard this process is. Default: the variable SLOT_NAME. */
  readonly backend?: string;
  /** Bytes of all leases together where no guard answers. Default 64 MiB. */
  readonly budgetBytes?: number;
  /** How long a lease outlives a process that died, 1 000 to 600 000. Default 60 000. */
  readonly ttlMs?: number;
}

export interface LeaseRequest {
  /** What the work will take, above 0. */
  readonly bytes: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
  /** Longest wait for room. Default 10 000, the guard's own. */
  readonly timeoutMs?: number;
}

const MEBIBYTE = 2 ** 20;
const ACQUIRE_TIMEOUT_MS = 10_000;
/** The guard looks at memory about as often. */
const POLL_MS = 250;
/** As the guard says of what would not even fit alone: no wait helps. */
const TOO_LARGE = "too_large";

/** Memory set aside before something large is built: from the guard, or from a local budget where none answers. */
export class MemoryLeases {
  readonly #guard: GuardAddress | undefined;
  readonly #local: Semaphore;
  readonly #backend: string;
  readonly #ttlMs: number;

  /** @throws TypeError for an address that is none, RangeError for a budget below 1. */
  constructor({
    guard,
    backend,
    budgetBytes = 64 * MEBIBYTE,
    ttlMs = 60_000,
  }: MemoryLeasesOptions) {
    this.#guard = guard ? new GuardAddress(guard) : undefined;
    this.#local = new Semaphore(budgetBytes);
    this.#backend = backend ?? process.env["SLOT_NAME"] ?? "";
    this.#ttlMs = ttlMs;
  }

  /**
   * Resolves once the bytes are reserved.
   * @throws LeaseRefused when there was no room in time, at once with the reason `too_large` when there never will be;
   * the signal's reason when it aborts first.
   */
  async acquire(ask: LeaseRequest): Promise<Lease> {
    const { bytes, signal, timeoutMs = ACQUIRE_TIMEOUT_MS } = ask;
    signal?.throwIfAborted();
    const endMs = performance.now() + timeoutMs;
    const lease = await this.#ofGuard(ask, endMs);
    if (lease !== undefined) return lease;
    const leftMs = Math.max(0, endMs - performance.now());
    return this.#local.acquire({ amount: bytes, signal, timeoutMs: leftMs });
  }

  /** Undefined where no guard answers. */
  async #ofGuard({ bytes, signal }: LeaseRequest, endMs: number): Promise<Lease | undefined> {
    if (this.#guard === undefined) return undefined;
    const lease = new GuardLease(this.#guard, {
      backend: this.#backend,
      bytes: Math.ceil(bytes),
      ttlMs: this.#ttlMs,
    });
    for (;;) {
      const refusal = await lease.take();
      if (refusal === "unreachable") return undefined;
      if (signal?.aborted) lease.release();
      signal?.throwIfAborted();
      if (refusal === undefined) return lease;
      if (performance.now() + POLL_MS > endOf(refusal, endMs)) throw refusal;
      await wait(signal);
    }
  }
}

function endOf({ reason }: LeaseRefused, endMs: number): number {
  return reason === TOO_LARGE ? 0 : endMs;
}

async function wait(signal: AbortSignal | undefined): Promise<void> {
  await delay(POLL_MS, undefined, { signal }).catch(() => signal?.throwIfAborted());
}
