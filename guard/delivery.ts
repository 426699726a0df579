import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type AttemptEvents, type Stage, startAttempt } from "./attempt.ts";
import type { Ask, Backend, Grant } from "./backend.ts";
import {
  endToEndHeaders,
  expectsContinue,
  framingOf,
  isEventStream,
  requestHeaders,
  upgradeHeaders,
} from "./headers.ts";
import type { Pool, ShedReason } from "./pool.ts";
import type { FailureReason } from "./reply.ts";
import { responseProblem } from "./response-problem.ts";
import { openTunnel, switchingHead } from "./tunnel.ts";

/** What is delivered, where to, and who is told when it cannot be. */
export interface Order {
  readonly response: ServerResponse;
  readonly pool: Pool;
  readonly ask: Ask;
  /** What the client sent behind the head of a WebSocket request; undefined for any other request. */
  readonly upgradeHead: Buffer | undefined;
  /** Whether the client is to close its connection after this response. */
  closes(): boolean;
  shed(reason: ShedReason): void;
  failed(reason: FailureReason, error: Error): void;
}

/** A request that may safely be sent twice. */
const REPEATABLE_METHODS = ["GET", "HEAD", "OPTIONS"];

/** Takes one request to a backend and the response back. Holds the permit from `start` to `end`. */
export class Delivery implements AttemptEvents {
  readonly #order: Order;
  readonly #hasBody: boolean;
  #grant: Grant;
  #upstream: ClientRequest | undefined;
  #hasRetried = false;
  #isTunnel = false;

  constructor(order: Order, grant: Grant) {
    this.#order = order;
    this.#grant = grant;
    this.#hasBody = framingOf(order.response.req) !== "none";
  }

  /** The connection now carries another protocol: no HTTP answer may be written to it. */
  get isTunnel(): boolean {
    return this.#isTunnel;
  }

  get backend(): Backend {
    return this.#grant.backend;
  }

  get socket(): Socket | undefined {
    return this.#upstream?.socket ?? undefined;
  }

  start(): void {
    const { req } = this.#order.response;
    const { host, port } = this.backend.settings;
    const isUpgrade = this.#order.upgradeHead !== undefined;
    const headers = isUpgrade ? upgradeHeaders(req) : requestHeaders(req, `${host}:${port}`);
    const head = { method: req.method ?? "", path: req.url ?? "", headers };
    this.#upstream = startAttempt(this.backend, head, this);
    if (!this.#hasBody) this.#upstream.end();
  }

  /** Cuts what is under way and gives the permit back. Harmless when all is over. */
  end(): void {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    upstream?.destroy();
    this.#grant.permit.release();
  }

  /** The body is touched only now: until here another backend could have taken the request. */
  connected(upstream: ClientRequest): void {
    this.backend.connected();
    if (!this.#hasBody) return;
    const { response } = this.#order;
    if (expectsContinue(response.req)) response.writeContinue();
    // Node keeps the head back until the first bytes of the body: send it now if those are still to come.
    if (response.req.readableLength === 0) upstream.flushHeaders();
    response.req.pipe(upstream);
  }

  responded(incoming: IncomingMessage): void {
    const { response } = this.#order;
    const problem = responseProblem(incoming);
    if (problem !== undefined) {
      this.#giveUp("bad_response", new Error(problem));
      return;
    }
    const isStream = isEventStream(incoming);
    if (isStream && !this.#grant.permit.toStream()) {
      this.#order.shed("streams_full");
      return;
    }
    if (this.#order.closes()) response.shouldKeepAlive = false;
    try {
      const headers = endToEndHeaders(incoming.rawHeaders);
      response.writeHead(incoming.statusCode ?? 0, incoming.statusMessage, headers);
    } catch (error) {
      this.#giveUp("bad_response", error as Error);
      return;
    }
    if (isStream) response.flushHeaders();
    // `pipe` does not end the response when the backend breaks off, and `#giveUp` destroys it: an abort for the
    // client, never a clean end. (`pipeline` does the same for an AbortController and a DOMException a request.)
    incoming.once("error", (error) => this.#giveUp("backend_failed", error));
    incoming.pipe(response);
  }

  upgraded(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { response, upgradeHead } = this.#order;
    if (upgradeHead === undefined) {
      socket.destroy();
      this.#giveUp("bad_response", new Error("switched protocols unasked"));
    } else if (this.#grant.permit.toStream()) {
      this.#isTunnel = true;
      response.req.socket.write(switchingHead(incoming));
      openTunnel({ socket: response.req.socket, head: upgradeHead }, { socket, head });
    } else {
      socket.destroy();
      this.#order.shed("streams_full");
    }
  }

  failed(stage: Stage, error: Error): void {
    if (this.#upstream === undefined) return;
    if (stage === "connect") this.backend.refused(error);
    const grant = this.#hasRetried ? undefined : this.#anotherGrant(stage);
    if (grant === undefined) {
      this.#giveUp(stage === "connect" ? "connect_failed" : "backend_failed", error);
      return;
    }
    this.#hasRetried = true;
    this.#grant = grant;
    this.start();
  }

  #anotherGrant(stage: Stage): Grant | undefined {
    const { response, pool, ask } = this.#order;
    if (stage === "connect") {
      this.#grant.permit.release();
      return pool.tryAcquire({ ...ask, without: this.backend });
    }
    const isRepeatable = !this.#hasBody && REPEATABLE_METHODS.includes(response.req.method ?? "");
    return stage === "reused" && isRepeatable && !response.headersSent ? this.#grant : undefined;
  }

  #giveUp(reason: FailureReason, error: Error): void {
    if (this.#upstream === undefined) return;
    this.#order.failed(reason, error);
  }
}
