import type { Ask } from "./ask.ts";
import type { Backend, Grant } from "./backend.ts";
import { DrainRate } from "./drain-rate.ts";
import type { Binding, QueueState } from "./state.ts";
import { type Waiter, type WaitLimits, WaitQueue } from "./wait-queue.ts";

/** Why a request is turned away. */
export const SHED_REASONS = [
  "queue_full",
  "acquire_timeout",
  "streams_full",
  "backends_down",
  "wait_hopeless",
  "too_large",
] as const;
export type ShedReason = (typeof SHED_REASONS)[number];
/** A request's stay in the queue: its `outcome` is a grant or why there is none. */
export type Wait = Waiter<Grant | ShedReason>;

/** The backends that serve the same path prefixes, and the requests that wait for one of them. */
export class Pool {
  readonly paths: readonly string[];
  #backends: readonly Backend[];
  readonly #queue: WaitQueue<Grant | ShedReason>;
  readonly #rate = new DrainRate();
  #turn = 0;

  constructor(paths: readonly string[], backends: readonly Backend[], limits: WaitLimits) {
    this.paths = paths;
    this.#backends = backends;
    this.#queue = new WaitQueue(limits);
    this.#listen();
  }

  get backends(): readonly Backend[] {
    return this.#backends;
  }

  /** Other backends and limits for the same paths. Who waits goes on waiting, if there is anything to wait for. */
  configure(backends: readonly Backend[], limits: WaitLimits): void {
    this.#backends = backends;
    this.#queue.configure(limits);
    this.#listen();
    this.#serveQueue();
  }

  /** There is no such pool any more: who waits is told to look for another. */
  dissolve(): void {
    for (let waiter = this.#queue.first; waiter !== undefined; waiter = this.#queue.first) {
      waiter.settle("moved");
    }
  }

  #listen(): void {
    for (const backend of this.#backends) backend.onChange = () => this.#serveQueue();
  }

  get queueDepth(): number {
    return this.#queue.depth;
  }

  /** Of the one that waits and would be served first. */
  get firstAsk(): Ask | undefined {
    return this.#queue.first?.ask;
  }

  /** What keeps such a request out everywhere; of several reasons one. */
  bindingOf(ask: Ask): Binding {
    return this.#backends[0]?.bindingOf(ask) ?? "health";
  }

  queueState(nowMs: number): QueueState {
    const { depth, costBytes } = this.#queue;
    return { paths: this.paths, depth, costBytes, oldestMs: this.#queue.oldestMs(nowMs) };
  }

  /** A permit of the least active backend, why there is none, or a wait for one. */
  acquire(ask: Ask): Grant | ShedReason | Wait {
    const hopeless = this.#hopeless(ask);
    if (hopeless !== undefined) return hopeless;
    const grant = this.#queue.isBlockedFor(ask) ? undefined : this.tryAcquire(ask);
    if (grant !== undefined) {
      this.#queue.skip(ask);
      return grant;
    }
    return this.#isTooLong(ask) ? "wait_hopeless" : this.#queue.join(ask);
  }

  /** A permit now or never, past the queue. */
  tryAcquire(ask: Ask): Grant | undefined {
    const nowMs = performance.now();
    const grant = this.#leastActive(ask, nowMs)?.tryAcquire(ask);
    if (grant !== undefined) this.#rate.add(ask.cost.meanBytes);
    return grant;
  }

  /** Equals take turns. */
  #leastActive(ask: Ask, nowMs: number): Backend | undefined {
    const count = this.#backends.length;
    let best: Backend | undefined;
    for (let index = 0; index < count; index += 1) {
      const backend = this.#backends[(this.#turn + index) % count] as Backend;
      const isBetter = best === undefined || backend.load < best.load;
      if (isBetter && backend.canTake(ask, nowMs)) best = backend;
    }
    this.#turn = (this.#turn + 1) % count;
    return best;
  }

  /** Why no wait within reason would help. */
  #hopeless(ask: Ask): ShedReason | undefined {
    const nowMs = performance.now();
    const reachable = this.#backends.filter((backend) => backend.isReachable(nowMs));
    if (reachable.length === 0) {
      const mayReturn = this.#backends.some(({ health }) => health.mayReturn(nowMs));
      return mayReturn ? undefined : "backends_down";
    }
    if (ask.stream && !reachable.some(({ permits }) => permits.hasStreamRoom))
      return "streams_full";
    return reachable.every(({ gate }) => gate.isBeyond(ask)) ? "too_large" : undefined;
  }

  /** Whether those before it would take longer than it may wait. */
  #isTooLong(ask: Ask): boolean {
    const nowMs = performance.now();
    const perMs = this.#rate.perMs(nowMs);
    if (perMs === undefined) return false;
    return this.#queue.bytesBefore(ask) / perMs > ask.deadlineMs - nowMs;
  }

  #serveQueue(): void {
    this.#queue.serve((ask) => this.tryAcquire(ask) ?? this.#hopeless(ask));
    if (this.#queue.depth === 0) this.#rate.stop();
    else this.#rate.start(performance.now());
  }
}
