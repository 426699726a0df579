import type { Socket } from "node:net";

export interface ProgressLimits {
  /** Longest time in which something waits to be written and no byte of it leaves. */
  readonly stallTimeoutMs: number;
  /** Longest silence of a backend, also between two events of a stream. */
  readonly readTimeoutMs: number;
}

export type NoProgress = "client_stalled" | "backend_stalled" | "read_timeout";

/**
 * Whether one exchange still moves. A peer that is connected but does not read never emits `drain` nor
 * `close`: without this it would keep its permit for ever.
 */
export class Progress {
  readonly #toClient = new Stillness();
  readonly #toBackend = new Stillness();
  readonly #fromBackend = new Stillness();

  /** To be called now and then: what it answers is as fine as the time between calls. */
  check(
    sockets: { client: Socket; backend: Socket },
    limits: ProgressLimits,
    nowMs: number,
  ): NoProgress | undefined {
    const { client, backend } = sockets;
    const clientStillMs = this.#toClient.ms(drainedBytes(client), nowMs, hasPending(client));
    const backendStillMs = this.#toBackend.ms(drainedBytes(backend), nowMs, hasPending(backend));
    // While the client holds us up, the backend is paused and cannot be blamed.
    const moved = backend.bytesRead + drainedBytes(backend);
    const silentMs = this.#fromBackend.ms(moved, nowMs, !hasPending(client));
    if (clientStillMs >= limits.stallTimeoutMs) return "client_stalled";
    if (backendStillMs >= limits.stallTimeoutMs) return "backend_stalled";
    return silentMs >= limits.readTimeoutMs ? "read_timeout" : undefined;
  }
}

/** Measures how long an amount has not changed while it should have. */
class Stillness {
  #amount = -1;
  #sinceMs = 0;

  ms(amount: number, nowMs: number, isExpected: boolean): number {
    if (amount !== this.#amount || !isExpected) this.#sinceMs = nowMs;
    this.#amount = amount;
    return nowMs - this.#sinceMs;
  }
}

function hasPending(socket: Socket): boolean {
  return socket.writableLength > 0;
}

/** What the kernel took over; `bytesWritten` alone also counts what still waits in Node. */
function drainedBytes(socket: Socket): number {
  return (socket.bytesWritten ?? 0) - socket.writableLength;
}
