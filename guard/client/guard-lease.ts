import type { GuardAddress, GuardReply } from "./guard-address.ts";
import type { Lease } from "./lease.ts";
import { LeaseRefused } from "./lease-refused.ts";

export interface GuardLeaseAsk {
  readonly backend: string;
  readonly bytes: number;
  readonly ttlMs: number;
}

/** Two renewals may be lost before the lease is. */
const RENEWALS_PER_TTL = 3;
const RETRY_AFTER_SECONDS = 30;

/** One lease at the guard, renewed until it is released. */
export class GuardLease implements Lease {
  readonly #guard: GuardAddress;
  readonly #ask: GuardLeaseAsk;
  #id: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isReleased = false;

  constructor(guard: GuardAddress, ask: GuardLeaseAsk) {
    this.#guard = guard;
    this.#ask = ask;
  }

  /**
   * Undefined when it is held now.
   * @throws TypeError when the guard says that the ask itself is wrong.
   */
  async take(): Promise<"unreachable" | LeaseRefused | undefined> {
    const reply = await this.#call("POST", "/leases", this.#ask);
    if (reply === undefined) return "unreachable";
    const reason = String(reply.body["reason"]);
    if (reply.status === 503) {
      return new LeaseRefused(reason, Number(reply.body["retry_after"] ?? RETRY_AFTER_SECONDS));
    }
    if (reply.status !== 201) throw new TypeError(`the guard refuses the lease: ${reason}`);
    this.#id = String(reply.body["id"]);
    // The work may have ended while a renewal was under way.
    if (this.#isReleased) this.#giveBack();
    else this.#keep();
    return undefined;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    clearInterval(this.#timer);
    this.#giveBack();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
  }

  #keep(): void {
    // What the guard refuses now is asked for again at the next turn.
    const renew = () => void this.#renew().catch(() => {});
    this.#timer ??= setInterval(renew, this.#ask.ttlMs / RENEWALS_PER_TTL).unref();
  }

  async #renew(): Promise<void> {
    const reply = await this.#call("PUT", `/leases/${this.#id}`, { ttlMs: this.#ask.ttlMs });
    // A guard that was restarted knows nothing of it, but the memory is still in use.
    if (reply?.status === 404 && !this.#isReleased) await this.take();
  }

  /** Nobody waits for it: what is lost on the way ends with its time to live. */
  #giveBack(): void {
    if (this.#id !== undefined) void this.#call("DELETE", `/leases/${this.#id}`);
  }

  /** Undefined when nobody answers. */
  async #call(method: string, path: string, body?: object): Promise<GuardReply | undefined> {
    return this.#guard.call(method, path, body).catch(() => undefined);
  }
}
