import type { IncomingMessage } from "node:http";
import type { Grant } from "./backend.ts";
import type { ExchangeContext } from "./exchange-context.ts";
import type { ShedReason, Wait } from "./pool.ts";

/** Who is told how a request's way to a permit ends. Nobody, when it leaves before. */
export interface AdmittanceEvents {
  granted(grant: Grant): void;
  shed(reason: ShedReason): void;
  /** No backend serves its path. */
  notFound(): void;
}

/** A request's way from its pool to a permit, through the queue if need be. */
export class Admittance {
  readonly #context: ExchangeContext;
  readonly #events: AdmittanceEvents;
  #wait: Wait | undefined;

  constructor(context: ExchangeContext, events: AdmittanceEvents) {
    this.#context = context;
    this.#events = events;
  }

  /** @param isStream whether the client wants a stream. */
  seek(request: IncomingMessage, isStream: boolean): void {
    const pool = this.#context.fleet.router.poolFor(request.url ?? "");
    if (pool === undefined) {
      this.#events.notFound();
      return;
    }
    const answer = pool.acquire(this.#context.admission.askFor(request, isStream));
    if (typeof answer === "string") this.#events.shed(answer);
    else if ("outcome" in answer) this.#await(answer, () => this.seek(request, isStream));
    else this.#events.granted(answer);
  }

  leave(): void {
    this.#wait?.settle("client_gone");
  }

  async #await(wait: Wait, again: () => void): Promise<void> {
    this.#wait = wait;
    const outcome = await wait.outcome;
    if (typeof outcome !== "string") this.#events.granted(outcome);
    else if (outcome === "moved") again();
    else if (outcome !== "client_gone") this.#events.shed(outcome);
  }
}
