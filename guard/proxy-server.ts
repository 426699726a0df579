import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Exchange } from "./exchange.ts";
import type { ExchangeContext } from "./exchange-context.ts";
import { http } from "./http.ts";
import { badRequest, type Reply, replyBody, replyHeaders } from "./reply.ts";
import { watchEnd } from "./tunnel.ts";
import { Turns } from "./turns.ts";

/** What a socket or stream buffers before it says stop: Node 22 and later would take 64 KB, four times per exchange. */
export const BUFFER_BYTES = 16 * 1024;

const SERVER_OPTIONS: ServerOptions = {
  // Longer than nginx' keepalive_timeout to its upstreams (60 s): the client side closes idle connections first.
  keepAliveTimeout: 75_000,
  headersTimeout: 60_000,
  requestTimeout: 300_000,
  connectionsCheckingInterval: 5_000,
  highWaterMark: BUFFER_BYTES,
  // request-problem.ts says it in JSON.
  requireHostHeader: false,
  noDelay: true,
};
/** Connections beyond the requests that can be at work or waiting: idle ones of nginx, and those being told 503. */
const SPARE_CONNECTIONS = 256;
const SWEEP_MS = 1_000;

/** The port that nginx sends requests to, and every exchange that is under way on it. */
export class ProxyServer {
  readonly server: Server;
  readonly #context: ExchangeContext;
  readonly #exchanges = new Set<Exchange>();
  readonly #turns = new Turns();
  #onIdle: () => void = () => {};

  /** @param capacity requests, streams and waiting requests at once. */
  constructor(context: ExchangeContext, capacity: number) {
    this.#context = context;
    this.server = http.createServer(SERVER_OPTIONS);
    this.resize(capacity);
    // Node drops headers beyond this count in silence, ours to check among them; the 16 KB limit on all stays.
    this.server.maxHeadersCount = 0;
    this.#listenTo(this.server);
    this.#sweepRegularly();
  }

  /**
   * Accepts nothing new, answers what is here with `Connection: close`, and cuts what is left at its deadline.
   * @param streamTimeoutMs for event streams and WebSockets, if longer.
   * @returns how many were cut.
   */
  async drain(timeoutMs: number, streamTimeoutMs: number): Promise<number> {
    this.#context.isDraining = true;
    this.server.close();
    this.server.closeIdleConnections();
    await this.#idle(timeoutMs);
    const requests = this.#abort(({ isStream }) => !isStream);
    await this.#idle(Math.max(0, streamTimeoutMs - timeoutMs));
    const streams = this.#abort(() => true);
    this.server.closeAllConnections();
    return requests + streams;
  }

  /** @param capacity requests, streams and waiting requests at once. */
  resize(capacity: number): void {
    this.server.maxConnections = capacity + SPARE_CONNECTIONS;
  }

  #abort(isMeant: (exchange: Exchange) => boolean): number {
    const meant = [...this.#exchanges].filter(isMeant);
    for (const exchange of meant) {
      exchange.abort("drain_timeout");
      this.#exchanges.delete(exchange);
    }
    return meant.length;
  }

  #listenTo(server: Server): void {
    const take = (_request: IncomingMessage, response: ServerResponse) =>
      this.#turns.take(response, () => this.#begin(response));
    server.on("request", take);
    // Unanswered until a backend is ready to read: a shed upload is never sent.
    server.on("checkContinue", take);
    server.on("checkExpectation", take);
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket as Socket, head));
    server.on("connect", (_request, socket) =>
      refuse(socket as Socket, badRequest("method_not_supported")),
    );
    server.on("clientError", (error, socket) => this.#clientError(error, socket as Socket));
    server.on("drop", () => {
      this.#context.counters.droppedConnections += 1;
    });
  }

  #begin(response: ServerResponse, upgradeHead?: Buffer): void {
    const exchange = new Exchange(this.#context, response, upgradeHead);
    this.#exchanges.add(exchange);
    response.once("close", () => this.#forget(exchange));
    exchange.run();
  }

  #forget(exchange: Exchange): void {
    this.#exchanges.delete(exchange);
    if (!this.#context.isDraining) return;
    this.server.closeIdleConnections();
    if (this.#exchanges.size === 0) this.#onIdle();
  }

  /** Node hands out the bare socket; a response on it lets an upgrade be shed or refused like any request. */
  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on("error", () => {});
    // Node has let go of the connection, and an earlier answer on it could not be finished.
    if (this.#turns.isBusy(socket)) {
      socket.destroy();
      return;
    }
    const response = new http.ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once("finish", () => socket.destroySoon());
    watchEnd(socket);
    this.#begin(response, head);
  }

  #clientError(error: NodeJS.ErrnoException, socket: Socket): void {
    // Bytes behind a connection's last request: nobody waits for an answer to them.
    if (error.code === "HPE_CLOSED_CONNECTION") return;
    const exchange = [...this.#exchanges].find((each) => each.socket === socket);
    if (exchange?.isAnswered) socket.destroySoon();
    // In the middle of a backend's response, an answer would be taken for a part of it.
    else if (exchange !== undefined) socket.destroy();
    else if (socket.writable) refuse(socket, clientErrorReply(error.code));
  }

  #idle(timeoutMs: number): Promise<void> {
    if (this.#exchanges.size === 0 || timeoutMs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #sweepRegularly(): void {
    const sweep = () => {
      const nowMs = performance.now();
      for (const exchange of this.#exchanges) exchange.checkProgress(nowMs);
    };
    const timer = setInterval(sweep, SWEEP_MS).unref();
    this.server.once("close", () => clearInterval(timer));
  }
}

function clientErrorReply(code: string | undefined): Reply {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return { status: 408, error: "request_timeout", reason: "request_incomplete" };
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    return { status: 431, error: "request_header_fields_too_large", reason: "headers_over_16_kb" };
  }
  return badRequest("malformed");
}

/** Answers on a socket for which Node made no response object, and closes it. */
function refuse(socket: Socket, reply: Reply): void {
  const body = replyBody(reply);
  const headers = [...replyHeaders(reply, body), "Connection", "close"];
  const lines = [`HTTP/1.1 ${reply.status} ${http.STATUS_CODES[reply.status]}`];
  for (let index = 0; index < headers.length; index += 2) {
    lines.push(`${headers[index]}: ${headers[index + 1]}`);
  }
  socket.on("error", () => {});
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}
