import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Requests that may wait behind the one at work on a connection. nginx sends none ahead. */
const MAX_WAITING = 16;

/** On the socket itself: a WeakMap costs the garbage collector a pass over all connections. */
const WAITING = Symbol("waiting");

type TakenSocket = Socket & { [WAITING]?: Turn[] | undefined };

interface Turn {
  readonly response: ServerResponse;
  readonly start: () => void;
}

/**
 * Serves the requests of one connection one after the other: their answers must go out in this order anyway, and
 * whoever sends ahead must not hold permits for it. Only the response that has the socket learns of its end.
 */
export class Turns {
  isBusy(socket: TakenSocket): boolean {
    return socket[WAITING] !== undefined;
  }

  /** Calls `start` when all earlier requests of the connection are answered; never, when it ends before. */
  take(response: ServerResponse, start: () => void): void {
    const socket: TakenSocket = response.req.socket;
    const waiting = socket[WAITING];
    if (waiting === undefined) this.#run({ response, start }, []);
    else if (waiting.length < MAX_WAITING) waiting.push({ response, start });
    else socket.destroy();
  }

  #run({ response, start }: Turn, waiting: Turn[]): void {
    const socket: TakenSocket = response.req.socket;
    socket[WAITING] = waiting;
    response.once("close", () => {
      // After its last answer a connection stays busy for ever: Node still reads what comes on it.
      if (!socket.writable) return;
      socket[WAITING] = undefined;
      const next = waiting.shift();
      if (next !== undefined) this.#run(next, waiting);
    });
    start();
  }
}
