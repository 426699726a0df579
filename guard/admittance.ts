import type { IncomingMessage } from "node:http";
import type { Ask } from "./ask.ts";
import type { Grant } from "./backend.ts";
import type { ExchangeContext } from "./exchange-context.ts";
import { flightKey } from "./flight-key.ts";
import type { Pool, ShedReason, Wait } from "./pool.ts";
import type { Flight, SharedAnswer } from "./single-flight.ts";
import { type Binding, MEMORY_BINDINGS, type MemoryBinding } from "./state.ts";

/** Who is told how a request's way in ends. Nobody, when it leaves before. */
export interface AdmittanceEvents {
  granted(grant: Grant): void;
  /** Another request has got the answer to this one. */
  shared(answer: SharedAnswer): void;
  shed(reason: ShedReason): void;
  /** No backend serves its path. */
  notFound(): void;
}

/** What is asked for, and where. */
interface Way {
  readonly pool: Pool;
  readonly ask: Ask;
}

/** A request's way to a permit, through the queue if need be, or to the answer of an identical one. */
export class Admittance {
  readonly #context: ExchangeContext;
  readonly #request: IncomingMessage;
  readonly #events: AdmittanceEvents;
  #wait: Wait | undefined;
  #flight: Flight | undefined;
  #hasLeft = false;

  constructor(context: ExchangeContext, request: IncomingMessage, events: AdmittanceEvents) {
    this.#context = context;
    this.#request = request;
    this.#events = events;
  }

  /** Those that wait for the answer to this request. */
  get flight(): Flight | undefined {
    return this.#flight;
  }

  /** @param isStream whether the client wants a stream. */
  enter(isStream: boolean): void {
    const sharing = this.#context.admission.sharingOf(this.#request);
    const key = sharing && flightKey(this.#request, sharing);
    const joined = key === undefined ? undefined : this.#context.flights.join(key);
    if (joined?.leads === false) {
      this.#follow(joined.flight, isStream);
      return;
    }
    this.#flight = joined?.flight;
    this.seek(isStream);
  }

  /** Goes for a permit, alone. */
  seek(isStream: boolean): void {
    const pool = this.#context.fleet.router.poolFor(this.#request.url ?? "");
    if (pool === undefined) {
      this.#events.notFound();
      return;
    }
    const way = { pool, ask: this.#context.admission.askFor(this.#request, isStream) };
    const answer = pool.acquire(way.ask);
    if (typeof answer === "string") this.#shed(way, answer);
    else if ("outcome" in answer) this.#await(way, answer);
    else this.#granted(way, answer);
  }

  leave(): void {
    this.#hasLeft = true;
    this.#flight?.fail();
    this.#wait?.settle("client_gone");
  }

  async #await(way: Way, wait: Wait): Promise<void> {
    this.#wait = wait;
    this.#decided(way, "queued");
    const outcome = await wait.outcome;
    if (typeof outcome !== "string") this.#granted(way, outcome, true);
    else if (outcome === "moved") this.seek(way.ask.stream);
    else if (outcome !== "client_gone") this.#shed(way, outcome);
  }

  #granted({ ask }: Way, grant: Grant, hasWaited = false): void {
    const { admission } = this.#context;
    const { overruled } = grant.permit.account;
    if (hasWaited || overruled !== "none" || admission.isLarge(ask)) {
      const backend = grant.backend.settings.name;
      admission.decided(ask, { verdict: "admitted", backend, binding: overruled });
    }
    if (isOfMemory(overruled)) this.#context.counters.overruled[overruled] += 1;
    this.#events.granted(grant);
  }

  #shed(way: Way, reason: ShedReason): void {
    this.#decided(way, reason);
    this.#events.shed(reason);
  }

  #decided({ pool, ask }: Way, verdict: string): void {
    const binding = pool.bindingOf(ask);
    this.#context.admission.decided(ask, { verdict, backend: undefined, binding });
  }

  async #follow(flight: Flight, isStream: boolean): Promise<void> {
    const answer = await flight.answer;
    if (this.#hasLeft) return;
    if (answer === undefined) this.seek(isStream);
    else this.#events.shared(answer);
  }
}

function isOfMemory(binding: Binding): binding is MemoryBinding {
  return MEMORY_BINDINGS.some((each) => each === binding);
}
