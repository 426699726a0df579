import type { Agent } from "node:http";
import type { BackendSettings } from "./backend-settings.ts";
import { AVOID_MS, Health } from "./health.ts";
import { http } from "./http.ts";
import type { Log } from "./log.ts";
import { type Permit, Permits } from "./permits.ts";

/**
 * An idle connection is closed before the backend may close it (gunicorn after 2 s, Node after 5 s):
 * a request sent into a closing connection is lost.
 */
const IDLE_CONNECTION_MS = 1_500;

/** What a request needs of the backend that takes it. The place for its memory estimate. */
export interface Ask {
  /** It will probably be answered by a stream. */
  readonly stream: boolean;
  /** A backend that has just refused it. */
  readonly without?: Backend;
}

/** A permit, and whose. */
export interface Grant {
  readonly backend: Backend;
  readonly permit: Permit;
}

/** One slot: its address, its places, its health. */
export class Backend {
  readonly settings: BackendSettings;
  readonly permits: Permits;
  readonly agent: Agent;
  /** Called after each change that may let a waiting request in, or shows that none will get in. */
  onChange: () => void = () => {};
  readonly #health = new Health();
  readonly #log: Log;

  constructor(settings: BackendSettings, log: Log) {
    this.settings = settings;
    this.permits = new Permits(settings.concurrency, settings.streams, () => this.onChange());
    this.agent = new http.Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });
    this.#log = log;
  }

  get isUp(): boolean {
    return this.#health.isUp;
  }

  /** Requests and streams now served. */
  get load(): number {
    return this.permits.active + this.permits.streams;
  }

  /** Whether a request may be tried there at all, however busy it is. */
  isReachable(nowMs = performance.now()): boolean {
    return this.#health.allows(nowMs);
  }

  canTake(ask: Ask, nowMs: number): boolean {
    const hasRoom = this.permits.hasRoom && (!ask.stream || this.permits.hasStreamRoom);
    return hasRoom && ask.without !== this && this.isReachable(nowMs);
  }

  tryAcquire(nowMs: number): Grant | undefined {
    const permit = this.permits.tryAcquire();
    if (permit === undefined) return undefined;
    this.#health.start(nowMs);
    return { backend: this, permit };
  }

  connected(): void {
    if (!this.#health.succeed()) return;
    this.#log.info("backend up", { backend: this.settings.name });
    this.onChange();
  }

  /** A connect failed before anything was sent. */
  refused(error: Error): void {
    if (this.#health.fail(performance.now())) {
      this.#log.warn("backend down", { backend: this.settings.name, error: error.message });
    }
    // Nobody else will tell those who wait that the probe may go.
    setTimeout(() => this.onChange(), AVOID_MS + 1).unref();
    this.onChange();
  }

  close(): void {
    this.agent.destroy();
  }
}
