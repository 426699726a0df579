import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Requests that may wait behind the one at work on a connection. nginx sends none ahead. */
const MAX_WAITING = 16;

interface Turn {
  readonly response: ServerResponse;
  readonly start: () => void;
}

/**
 * Serves the requests of one connection one after the other: their answers must go out in this order anyway, and
 * whoever sends ahead must not hold permits for it. Only the response that has the socket learns of its end.
 */
export class Turns {
  /** Of each connection that is at work: who waits. */
  readonly #waiting = new WeakMap<Socket, Turn[]>();

  isBusy(socket: Socket): boolean {
    return this.#waiting.has(socket);
  }

  /** Calls `start` when all earlier requests of the connection are answered; never, when it ends before. */
  take(response: ServerResponse, start: () => void): void {
    const { socket } = response.req;
    const waiting = this.#waiting.get(socket);
    if (waiting === undefined) this.#run({ response, start }, []);
    else if (waiting.length < MAX_WAITING) waiting.push({ response, start });
    else socket.destroy();
  }

  #run({ response, start }: Turn, waiting: Turn[]): void {
    const { socket } = response.req;
    this.#waiting.set(socket, waiting);
    response.once("close", () => {
      // After its last answer a connection stays busy for ever: Node still reads what comes on it.
      if (!socket.writable) return;
      this.#waiting.delete(socket);
      const next = waiting.shift();
      if (next !== undefined) this.#run(next, waiting);
    });
    start();
  }
}
