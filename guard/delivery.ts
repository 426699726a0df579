import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Ending } from "./account.ts";
import { type AttemptEvents, type Stage, startAttempt } from "./attempt.ts";
import type { Backend, Grant } from "./backend.ts";
import {
  expectsContinue,
  framingOf,
  isEventStream,
  requestHeaders,
  upgradeHeaders,
} from "./headers.ts";
import { memoryHintBytes } from "./memory-hint.ts";
import type { ShedReason } from "./pool.ts";
import { type RelayOrder, relay } from "./relay.ts";
import type { FailureReason } from "./reply.ts";
import { responseProblem } from "./response-problem.ts";
import { openTunnel, switchingHead } from "./tunnel.ts";
import { Verdict } from "./verdict.ts";

/** What is delivered, where to, and who is told when it cannot be. */
export interface Order extends RelayOrder {
  /** What the client sent behind the head of a WebSocket request; undefined for any other request. */
  readonly upgradeHead: Buffer | undefined;
  shed(reason: ShedReason): void;
  /** Nothing of it has been answered, and it may be sent once more. @returns whether it will be. */
  again(stage: Stage): boolean;
  failed(reason: FailureReason, error: Error): void;
}

/** A request that may safely be sent twice. */
const REPEATABLE_METHODS = ["GET", "HEAD", "OPTIONS"];
const FIRST_ERROR = 400;

/** Takes one request to a backend and the response back. Holds the permit from `start` to `end`. */
export class Delivery implements AttemptEvents {
  readonly #order: Order;
  readonly #hasBody: boolean;
  readonly #grant: Grant;
  readonly #verdict: Verdict;
  #upstream: ClientRequest | undefined;
  #incoming: IncomingMessage | undefined;
  #hasFailed = false;
  #isTunnel = false;
  #isStream = false;

  constructor(order: Order, grant: Grant) {
    this.#order = order;
    this.#grant = grant;
    this.#verdict = new Verdict(grant.backend.health, grant.call);
    this.#hasBody = framingOf(order.response.req) !== "none";
  }

  /** The connection now carries another protocol: no HTTP answer may be written to it. */
  get isTunnel(): boolean {
    return this.#isTunnel;
  }

  /** An event stream or a tunnel. */
  get isStream(): boolean {
    return this.#isStream;
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
    this.#verdict.abandoned();
    this.#grant.permit.release(this.#ending);
  }

  get #ending(): Ending {
    if (this.#hasFailed) return "failed";
    if (this.#isTunnel) return "completed";
    if (this.#incoming?.complete !== true) return "abandoned";
    return (this.#incoming.statusCode ?? 0) < FIRST_ERROR ? "completed" : "error";
  }

  /** To be called now and then. */
  checkFirstByte(nowMs: number): void {
    this.#verdict.waits(nowMs);
  }

  /** The body is touched only now: until here another backend could have taken the request. */
  connected(upstream: ClientRequest): void {
    this.backend.health.connected();
    if (!this.#hasBody) return;
    const { response } = this.#order;
    if (expectsContinue(response.req)) response.writeContinue();
    // Node keeps the head back until the first bytes of the body: send it now if those are still to come.
    if (response.req.readableLength === 0) upstream.flushHeaders();
    response.req.pipe(upstream);
  }

  responded(incoming: IncomingMessage): void {
    const problem = responseProblem(incoming);
    if (problem !== undefined) {
      this.#giveUp("bad_response", new Error(problem));
      return;
    }
    this.#incoming = incoming;
    this.#verdict.answered(incoming);
    this.#account(incoming);
    this.#isStream = isEventStream(incoming);
    if (this.#isStream && !this.#grant.permit.toStream()) this.#order.shed("streams_full");
    else relay(incoming, this.#order, (reason, error) => this.#giveUp(reason, error));
  }

  #account(incoming: IncomingMessage): void {
    const { account } = this.#grant.permit;
    const bytes = memoryHintBytes(incoming.rawHeaders);
    if (bytes !== undefined) account.costs(bytes);
  }

  upgraded(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { response, upgradeHead } = this.#order;
    if (upgradeHead === undefined) {
      socket.destroy();
      this.#giveUp("bad_response", new Error("switched protocols unasked"));
      return;
    }
    this.#verdict.answered(incoming);
    if (this.#grant.permit.toStream()) {
      this.#isTunnel = true;
      this.#isStream = true;
      response.req.socket.write(switchingHead(incoming));
      openTunnel({ socket: response.req.socket, head: upgradeHead }, { socket, head });
    } else {
      socket.destroy();
      this.#order.shed("streams_full");
    }
  }

  failed(stage: Stage, error: Error): void {
    if (this.#upstream === undefined) return;
    if (stage === "connect") this.backend.health.refused(error, performance.now());
    if (this.#mayRepeat(stage)) {
      this.#verdict.failed();
      this.#hasFailed = true;
      if (this.#order.again(stage)) return;
    }
    this.#giveUp(stage === "connect" ? "connect_failed" : "backend_failed", error);
  }

  #mayRepeat(stage: Stage): boolean {
    if (stage === "connect") return true;
    const { req, headersSent } = this.#order.response;
    return !headersSent && !this.#hasBody && REPEATABLE_METHODS.includes(req.method ?? "");
  }

  #giveUp(reason: FailureReason, error: Error): void {
    if (this.#upstream === undefined) return;
    this.#verdict.failed();
    this.#hasFailed = reason === "backend_failed" || reason === "connect_failed";
    this.#order.failed(reason, error);
  }
}
