import type { IncomingMessage } from "node:http";
import type { Call } from "./breaker.ts";
import type { Health } from "./health.ts";

/** Said by a backend that is a gateway itself. */
const GATEWAY_FAILURES = [502, 504];

/** What one request tells of its backend's health. Only the first word counts. */
export class Verdict {
  readonly #health: Health;
  readonly #call: Call;
  readonly #sinceMs = performance.now();

  constructor(health: Health, call: Call) {
    this.#health = health;
    this.#call = call;
  }

  answered({ statusCode = 0 }: IncomingMessage): void {
    if (GATEWAY_FAILURES.includes(statusCode)) this.failed();
    else this.#health.succeeded(this.#call, performance.now());
  }

  failed(): void {
    this.#health.failed(this.#call, performance.now());
  }

  /** Nothing has come back yet. */
  waits(nowMs: number): void {
    this.#health.waits(this.#call, this.#sinceMs, nowMs);
  }

  /** It was ended for another reason. */
  abandoned(): void {
    this.#health.abandoned(this.#call, performance.now());
  }
}
