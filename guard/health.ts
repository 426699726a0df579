import { Breaker, type BreakerLimits, type BreakerState, type Call } from "./breaker.ts";
import { ConnectProbe, type Target } from "./connect-probe.ts";

export interface HealthLimits extends BreakerLimits {
  /** How long requests wait for a backend that refuses connections. */
  readonly acquireTimeoutMs: number;
  /** How long a backend at work may give no first byte to anybody. */
  readonly breakerTimeoutMs: number;
}

export interface HealthEvents {
  /** Refused a connection (with the reason), or takes them again (without). */
  turned(error: Error | undefined): void;
  /** Something may have changed for those who wait. */
  changed(): void;
}

/**
 * Whether requests may go to one backend. While its port is closed none is sent there: the guard connects by itself
 * until it is open again. While it answers badly, its breaker holds requests off.
 */
export class Health {
  readonly #breaker: Breaker;
  readonly #probe: ConnectProbe;
  readonly #events: HealthEvents;
  #limits: HealthLimits;
  #downSinceMs: number | undefined;
  #heardMs = 0;

  constructor(target: Target, limits: HealthLimits, events: HealthEvents) {
    this.#limits = limits;
    this.#breaker = new Breaker(limits);
    this.#events = events;
    this.#probe = new ConnectProbe(target, () => this.connected());
  }

  configure(limits: HealthLimits): void {
    this.#limits = limits;
    this.#breaker.configure(limits);
  }

  /** Whether its port was open when last seen. */
  get isUp(): boolean {
    return this.#downSinceMs === undefined;
  }

  breakerState(nowMs: number): BreakerState {
    return this.#breaker.state(nowMs);
  }

  allows(nowMs: number): boolean {
    return this.isUp && this.#breaker.allows(nowMs);
  }

  /** Whether it is worth waiting for: under replacement perhaps, or just being probed. */
  mayReturn(nowMs: number): boolean {
    const since = this.#downSinceMs;
    if (since !== undefined) return nowMs - since < this.#limits.acquireTimeoutMs;
    return this.#breaker.state(nowMs) === "half_open";
  }

  /** A request goes there now. */
  begin(): Call {
    return this.#breaker.begin();
  }

  succeeded(call: Call, nowMs: number): void {
    this.#heardMs = nowMs;
    call.end("succeeded", nowMs);
    this.#events.changed();
  }

  failed(call: Call, nowMs: number): void {
    call.end("failed", nowMs);
    this.#wakeAt(this.#breaker.openUntilMs, nowMs);
    this.#events.changed();
  }

  /** The client has left, or the request is shed: no word on the backend. */
  abandoned(call: Call, nowMs: number): void {
    call.end("abandoned", nowMs);
  }

  /** A request waits for its first byte since `sinceMs`. Slow is no failure while others are answered. */
  waits(call: Call, sinceMs: number, nowMs: number): void {
    const silentMs = nowMs - Math.max(sinceMs, this.#heardMs);
    if (silentMs >= this.#limits.breakerTimeoutMs) this.failed(call, nowMs);
  }

  /** A connect failed before anything was sent. */
  refused(error: Error, nowMs: number): void {
    if (!this.isUp) return;
    this.#downSinceMs = nowMs;
    this.#probe.start();
    this.#events.turned(error);
    this.#wakeAt(nowMs + this.#limits.acquireTimeoutMs, nowMs);
    this.#events.changed();
  }

  /** A connect succeeded. */
  connected(): void {
    if (this.isUp) return;
    this.#downSinceMs = undefined;
    this.#probe.stop();
    this.#breaker.probeNow(performance.now());
    this.#events.turned(undefined);
    this.#events.changed();
  }

  close(): void {
    this.#probe.stop();
  }

  /** Nobody else will tell those who wait that the time has come. */
  #wakeAt(atMs: number | undefined, nowMs: number): void {
    if (atMs === undefined || atMs < nowMs) return;
    setTimeout(() => this.#events.changed(), atMs - nowMs + 1).unref();
  }
}
