import type { Server } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { promisify } from "node:util";

/**
 * Knows which connections wait for a request, so that a server can stop without hurting the others:
 * `http.Server.close()` also destroys those whose response is complete in memory but not yet sent, and cuts it.
 */
export class Connections {
  readonly #http: Server;
  readonly #idle = new Set<Socket>();

  constructor(http: Server) {
    this.#http = http;
    http.on("connection", (socket) => {
      this.#idle.add(socket);
      socket.once("close", () => this.#idle.delete(socket));
    });
    http.on("request", ({ socket }, response) => {
      this.#idle.delete(socket);
      response.once("close", () => this.#release(socket));
    });
  }

  /** Node's `server.connections` is gone; without this call a warning at some count never fires. */
  async counts() {
    return {
      open: await promisify(this.#http.getConnections).call(this.#http),
      max: this.#http.maxConnections,
    };
  }

  /** Accepts no more, closes the idle connections now and each other one after its response. */
  async close(): Promise<void> {
    const closed = new Promise<unknown>((resolve) =>
      NetServer.prototype.close.call(this.#http, resolve),
    );
    for (const socket of this.#idle) socket.end();
    await closed;
  }

  #release(socket: Socket): void {
    if (socket.destroyed) return;
    if (this.#http.listening) this.#idle.add(socket);
    else socket.end();
  }
}
