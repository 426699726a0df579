import type { Agent } from "node:http";
import type { Ask } from "./ask.ts";
import type { BackendSettings } from "./backend-settings.ts";
import type { Call } from "./breaker.ts";
import { type Gate, OPEN_GATE } from "./gate.ts";
import { Health, type HealthLimits } from "./health.ts";
import { http } from "./http.ts";
import type { Log } from "./log.ts";
import { type Permit, Permits } from "./permits.ts";
import type { Binding } from "./state.ts";

/**
 * An idle connection is closed before the backend may close it (gunicorn after 2 s, Node after 5 s):
 * a request sent into a closing connection is lost.
 */
const IDLE_CONNECTION_MS = 1_500;

/** A permit, whose, and what the backend's health is to be told of it. */
export interface Grant {
  readonly backend: Backend;
  readonly permit: Permit;
  readonly call: Call;
}

/** One slot: its address, its places, its health. */
export class Backend {
  readonly permits: Permits;
  readonly agent: Agent;
  /** Called after each change that may let a waiting request in, or shows that none will get in. */
  onChange: () => void = () => {};
  /** Asked before each request. */
  gate: Gate = OPEN_GATE;
  readonly health: Health;
  #settings: BackendSettings;

  constructor(settings: BackendSettings, limits: HealthLimits, log: Log) {
    this.#settings = settings;
    this.health = new Health(settings, limits, {
      turned: (error) => logTurn(log, settings.name, error),
      changed: () => this.onChange(),
    });
    this.permits = new Permits(settings.concurrency, settings.streams, () => this.onChange());
    this.agent = new http.Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });
  }

  get settings(): BackendSettings {
    return this.#settings;
  }

  /** New limits for the same address. A lower one cancels nothing. */
  configure(settings: BackendSettings, limits: HealthLimits): void {
    this.#settings = settings;
    this.health.configure(limits);
    this.permits.resize(settings.concurrency, settings.streams);
  }

  /** Requests and streams now served. */
  get load(): number {
    return this.permits.active + this.permits.streams;
  }

  /** Whether a request may be tried there at all, however busy it is. */
  isReachable(nowMs = performance.now()): boolean {
    return this.health.allows(nowMs);
  }

  canTake(ask: Ask, nowMs: number): boolean {
    return this.isReachable(nowMs) && this.binding(ask) === "none";
  }

  /** What keeps a request out while the backend is reachable. */
  binding(ask: Ask): Binding {
    if (!this.permits.hasRoom) return "permits";
    if (ask.stream && !this.permits.hasStreamRoom) return "streams";
    return this.gate.binding(ask);
  }

  /** What keeps this one out now; without one, what would keep out any. */
  bindingOf(ask: Ask | undefined, nowMs = performance.now()): Binding {
    if (!this.isReachable(nowMs)) return "health";
    if (ask !== undefined) return this.binding(ask);
    return this.permits.hasRoom ? "none" : "permits";
  }

  /** To be called right after `canTake`. */
  tryAcquire(ask: Ask): Grant | undefined {
    if (!this.permits.hasRoom) return undefined;
    const permit = this.permits.tryAcquire(this.gate.admit(ask));
    return permit && { backend: this, permit, call: this.health.begin() };
  }

  /** Takes nothing more, and closes when all that it has is done. */
  retire(): void {
    this.health.close();
    this.onChange = () => {
      if (this.load === 0) this.agent.destroy();
    };
    this.onChange();
  }

  close(): void {
    this.health.close();
    this.agent.destroy();
  }
}

function logTurn(log: Log, backend: string, error: Error | undefined): void {
  if (error === undefined) log.info("backend up", { backend });
  else log.warn("backend down", { backend, error: error.message });
}
