import type { Lease } from "plimsoll-client/lease";
import { LeaseRefused } from "plimsoll-client/lease-refused";
import { MemoryLeases } from "plimsoll-client/memory-leases";
import { HttpError } from "./http-error.ts";

export interface MemorySettings {
  /** `http://host:port` of the guard's admin port; empty for none. */
  readonly guardUrl: string;
  /** The guard's name for this process. */
  readonly slotName: string;
}

/** Short: who waits holds one of the slot's permits, and the next request might need no lease. */
const WAIT_MS = 2_000;

/** Memory that is set aside before something large is built. */
export class Memory {
  readonly #leases: MemoryLeases;

  constructor({ guardUrl, slotName }: MemorySettings) {
    this.#leases = new MemoryLeases({ guard: guardUrl, backend: slotName });
  }

  /**
   * To be released when the memory is free again.
   * @throws HttpError 503 when there is no room soon, 413 when there never will be; the signal's reason when it aborts.
   */
  async lease(bytes: number, signal: AbortSignal): Promise<Lease> {
    try {
      return await this.#leases.acquire({ bytes, signal, timeoutMs: WAIT_MS });
    } catch (error) {
      throw error instanceof LeaseRefused ? answerTo(error) : error;
    }
  }
}

function answerTo(refusal: LeaseRefused): HttpError {
  if (refusal.reason === "too_large") {
    return new HttpError(413, "the result is larger than this server's memory; ask for less");
  }
  return new HttpError(503, "no memory is free for this now; come back later", {
    cause: refusal,
    headers: { "Retry-After": String(refusal.retryAfterSeconds) },
  });
}
