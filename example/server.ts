import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { degradation } from "plimsoll-client/degradation";
import { Connections } from "./connections.ts";
import { sendJson } from "./exchange.ts";
import { badRequest, HttpError } from "./http-error.ts";
import { type Log, reason } from "./log.ts";
import type { Router } from "./router.ts";

/** From the first byte of a request to the last of its body: no body here is larger than 1 MiB. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than a proxy keeps an idle connection, so that it never sends on one that we just closed. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

export interface AppServerOptions {
  readonly router: Router;
  readonly maxConnections: number;
  readonly log: Log;
}

/** The HTTP server, and the requests that it has not finished. */
export class AppServer {
  readonly http: Server;
  readonly connections: Connections;
  readonly #router: Router;
  readonly #log: Log;
  readonly #pending = new Set<Promise<void>>();

  constructor({ router, maxConnections, log }: AppServerOptions) {
    this.#router = router;
    this.#log = log;
    const options = {
      // Each token is a packet of its own; Nagle's algorithm would hold it back.
      noDelay: true,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    };
    this.http = createServer(options);
    this.#serve(maxConnections);
    this.connections = new Connections(this.http);
    this.http.on("drop", () => log.warn("server: connection refused", { maxConnections }));
  }

  /** Resolves with the port, which the system chooses for 0. */
  async listen(port: number): Promise<number> {
    await once(this.http.listen(port), "listening");
    return (this.http.address() as AddressInfo).port;
  }

  /** Resolves when every handler has returned, also those whose client is gone. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  /** Near the limit all but `/health` is refused: a slot that is full must not look dead. */
  #serve(maxConnections: number): void {
    const unlessFull = degradation({
      server: this.http,
      maxConnections,
      // The guard watches it, and lets in as much as is safe.
      memoryShare: () => undefined,
      onChange: ({ level, connections }) => this.#log.warn("server: load", { level, connections }),
    });
    this.http.on("request", (request, response) => {
      unlessFull(request, response, () => this.#track(this.#answer(request, response)));
    });
  }

  #track(answer: Promise<void>): void {
    this.#pending.add(answer);
    answer.finally(() => this.#pending.delete(answer));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const lost = (error: Error) =>
      this.#log.debug("server: client lost", { reason: error.message });
    response.on("error", lost);
    // While draining, a kept-alive connection would hold the old process up.
    if (!this.http.listening) response.setHeader("Connection", "close");
    try {
      const url = parseUrl(request);
      const { handler, params } = this.#router.match(request.method, url.pathname);
      await handler({ request, response, url, params });
    } catch (error) {
      this.#fail(request, response, error);
    }
  }

  #fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    // What a handler waited for was for a client that has left.
    if (response.destroyed && error instanceof Error && error.name === "AbortError") return;
    const answer =
      error instanceof HttpError ? error : new HttpError(500, "internal error", { cause: error });
    if (answer.status >= 500) this.#report(request, answer);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
    sendJson(response, answer.status, { error: { code: answer.code, message: answer.message } });
  }

  #report(request: IncomingMessage, { status, message, cause }: HttpError): void {
    // 503 is foreseen; anything else is a fault of this program.
    const fault = status !== 503 && cause instanceof Error;
    this.#log[fault ? "error" : "warn"](`server: ${message}`, {
      status,
      method: request.method,
      url: request.url,
      requestId: request.headers["x-request-id"],
      reason: cause && reason(cause),
      stack: fault ? cause.stack : undefined,
    });
  }
}

function parseUrl(request: IncomingMessage): URL {
  try {
    return new URL(`http://app${request.url}`);
  } catch {
    throw badRequest("the request's path is not valid");
  }
}
