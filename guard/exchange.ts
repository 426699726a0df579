import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Admittance } from "./admittance.ts";
import type { Stage } from "./attempt.ts";
import type { Grant } from "./backend.ts";
import type { Outcome } from "./counters.ts";
import { Delivery, type Order } from "./delivery.ts";
import type { ExchangeContext } from "./exchange-context.ts";
import { wantsEventStream } from "./headers.ts";
import type { ShedReason } from "./pool.ts";
import { Progress } from "./progress.ts";
import {
  badRequest,
  discardBody,
  type FailureReason,
  failureReply,
  NOT_FOUND,
  type Reply,
  sendReply,
  shedReply,
} from "./reply.ts";
import { requestProblem } from "./request-problem.ts";
import { ResultLimit } from "./result-limit.ts";
import { SecondTry } from "./second-try.ts";
import { sendShared } from "./single-flight.ts";
import { isWebSocketUpgrade } from "./tunnel.ts";

/** Where such a request ends is uncertain, so nothing behind it on its connection can be trusted. */
const BAD_REQUEST = 400;

/**
 * One request from its head to the end of its response. Whatever it holds (a place in the queue, a permit, a
 * connection to a backend) is given back in `#end`, on the response's `close` event: that one comes exactly once,
 * whichever side goes away.
 */
export class Exchange {
  readonly #context: ExchangeContext;
  readonly #response: ServerResponse;
  readonly #upgradeHead: Buffer | undefined;
  readonly #progress = new Progress();
  readonly #admittance: Admittance;
  readonly #secondTry: SecondTry;
  #delivery: Delivery | undefined;
  #outcome: Outcome | undefined;
  #hasEnded = false;

  /** @param upgradeHead what the client sent behind the head of an upgrade request. */
  constructor(context: ExchangeContext, response: ServerResponse, upgradeHead?: Buffer) {
    this.#context = context;
    this.#response = response;
    this.#upgradeHead = upgradeHead;
    this.#secondTry = new SecondTry(context.retries);
    this.#admittance = new Admittance(context, response.req, {
      granted: (grant) => this.#deliver(grant),
      shared: (answer) => sendShared(response, answer, context.isDraining),
      shed: (reason) => this.#shed(reason),
      notFound: () => this.#answer("refused", NOT_FOUND),
    });
    response.once("close", () => this.#end());
    // A write that crosses the client's leaving is no news: 'close' tells of it.
    response.on("error", () => {});
  }

  get socket(): Socket {
    return this.#request.socket;
  }

  /** Whether it is an event stream or a WebSocket by now. */
  get isStream(): boolean {
    return this.#delivery?.isStream === true;
  }

  /** Whether the guard itself has answered. */
  get isAnswered(): boolean {
    return this.#outcome !== undefined;
  }

  get #request(): IncomingMessage {
    return this.#response.req;
  }

  run(): void {
    const problem = this.#problem();
    if (problem !== undefined) {
      this.#answer("refused", badRequest(problem));
      return;
    }
    this.#admittance.enter(this.#wantsStream);
  }

  /** Called by the sweep: ends what no longer moves. */
  checkProgress(nowMs: number): void {
    const backend = this.#delivery?.socket;
    if (backend === undefined || backend.connecting) return;
    this.#delivery?.checkFirstByte(nowMs);
    const sockets = { client: this.socket, backend };
    const stop = this.#progress.check(sockets, this.#context.settings, nowMs);
    if (stop === "client_stalled") this.abort(stop);
    else if (stop !== undefined) this.#fail(stop, new Error("no progress"));
  }

  /** Cuts the connection, so that the client sees no clean end. */
  abort(reason: string): void {
    this.#context.log.warn("cut", { reason, backend: this.#backendName });
    this.#response.destroy();
  }

  get #backendName(): string | undefined {
    return this.#delivery?.backend.settings.name;
  }

  #problem(): string | undefined {
    const problem = requestProblem(this.#request);
    if (problem !== undefined || this.#upgradeHead === undefined) return problem;
    return isWebSocketUpgrade(this.#request) ? undefined : "upgrade_not_supported";
  }

  get #wantsStream(): boolean {
    return this.#upgradeHead !== undefined || wantsEventStream(this.#request);
  }

  #deliver(grant: Grant): void {
    const order: Order = {
      response: this.#response,
      upgradeHead: this.#upgradeHead,
      flight: this.#admittance.flight,
      resultLimit: this.#resultLimit(),
      closes: () => this.#context.isDraining,
      shed: (reason) => this.#shed(reason),
      again: (stage) => this.#again(stage),
      failed: (reason, error) => this.#fail(reason, error),
    };
    this.#delivery = new Delivery(order, grant);
    // The client may have left between the grant and this line, a microtask later.
    if (this.#hasEnded) this.#delivery.end();
    else this.#start(this.#delivery);
  }

  #resultLimit(): ResultLimit {
    const { admission, settings } = this.#context;
    const ofRoute = settings.enabled ? admission.maxResultBytesOf(this.#request) : undefined;
    return new ResultLimit(ofRoute ?? settings.maxResultBytes);
  }

  #again(stage: Stage): boolean {
    if (!this.#secondTry.take(stage)) return false;
    this.#delivery?.end();
    this.#delivery = undefined;
    this.#admittance.seek(this.#wantsStream);
    return true;
  }

  #start(delivery: Delivery): void {
    try {
      delivery.start();
    } catch (error) {
      delivery.end();
      this.#context.log.warn("refused", { reason: "head_invalid", error: String(error) });
      this.#answer("refused", badRequest("head_invalid"));
    }
  }

  #shed(reason: ShedReason): void {
    this.#context.counters.sheds[reason] += 1;
    this.#context.log.warn("shed", { reason });
    this.#answer("shed", shedReply(reason));
  }

  #fail(reason: FailureReason, error: Error): void {
    const fields = { reason, backend: this.#backendName, error: error.message };
    this.#context.log.warn("backend failed", fields);
    this.#answer("failed", failureReply(reason));
  }

  #answer(outcome: Outcome, reply: Reply): void {
    this.#outcome = outcome;
    this.#delivery?.end();
    const isTooLate = this.#response.headersSent || this.#delivery?.isTunnel;
    if (isTooLate) this.#response.destroy();
    else sendReply(this.#response, reply, reply.status === BAD_REQUEST || this.#context.isDraining);
  }

  #end(): void {
    this.#hasEnded = true;
    this.#admittance.leave();
    this.#delivery?.end();
    this.#secondTry.end();
    const isWhole = this.#response.writableFinished || this.#delivery?.isTunnel;
    const outcome = this.#outcome ?? (isWhole ? "forwarded" : "client_gone");
    this.#context.counters.outcomes[outcome] += 1;
    if (!this.#request.complete) discardBody(this.#request);
  }
}
