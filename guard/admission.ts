import type { IncomingMessage } from "node:http";
import type { Ask } from "./ask.ts";
import type { Backend } from "./backend.ts";
import type { Thresholds } from "./band.ts";
import type { Cost } from "./cost.ts";
import { CostFile } from "./cost-file.ts";
import { CostModel } from "./cost-model.ts";
import { type Criticality, parseCriticality, rankOf } from "./criticality.ts";
import { type Decided, Decisions } from "./decisions.ts";
import type { Sharing } from "./flight-key.ts";
import type { GuardConfig } from "./guard-config.ts";
import type { Log } from "./log.ts";
import type { Pool } from "./pool.ts";
import { Routes } from "./routes.ts";
import type { AdmissionState, BackendState } from "./state.ts";
import { type MemorySources, Watch } from "./watch.ts";

const MIB = 2 ** 20;

export interface AdmissionSettings extends Thresholds {
  /** How long a request may wait for a permit. */
  readonly acquireTimeoutMs: number;
  readonly checkIntervalMs: number;
  /** What a request costs of which nothing is known, MiB. */
  readonly estimatedMb: number;
  /** Decides and counts, but refuses nobody for memory's sake. */
  readonly observe: boolean;
  readonly config: GuardConfig;
  /** File in which what was learned is kept; undefined for none. */
  readonly costFile: string | undefined;
}

/** A few kilobytes; what is learned within it is learned again after a crash. */
const KEEP_MS = 60_000;

/** Samples are relative to what was configured: with other numbers they mean something else. */
function fileOf({ costFile, config, estimatedMb }: AdmissionSettings): CostFile | undefined {
  if (costFile === undefined) return undefined;
  return new CostFile(costFile, JSON.stringify([estimatedMb, config.routes]));
}

/** Knows memory, routes and costs: says what a request needs, and lets each backend ask whether it may have it. */
export class Admission {
  readonly #decisions = new Decisions();
  readonly #log: Pick<Log, "warn">;
  #settings: AdmissionSettings;
  #routes: Routes;
  readonly #costs: CostModel;
  readonly #file: CostFile | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #watch: Watch;

  constructor(settings: AdmissionSettings, log: Pick<Log, "warn">, sources?: MemorySources) {
    this.#log = log;
    this.#settings = settings;
    this.#routes = new Routes(settings.config.routes);
    this.#file = fileOf(settings);
    this.#costs = new CostModel(settings.estimatedMb * MIB, this.#file?.read(Date.now()));
    this.#timer = setInterval(() => this.#keep(), KEEP_MS).unref();
    this.#watch = new Watch(settings, this.#costs, sources);
  }

  /** From now on these backends' requests, and no other's, are admitted by memory. */
  attach(backends: readonly Backend[]): void {
    this.#watch.attach(backends);
  }

  /** Other settings, from now on; what was learned stays. */
  configure(settings: AdmissionSettings): void {
    this.#settings = settings;
    this.#routes = new Routes(settings.config.routes);
    this.#costs.configure(settings.estimatedMb * MIB);
    this.#watch.configure(settings);
  }

  /** @param stream whether the client wants a stream. */
  askFor(request: IncomingMessage, stream: boolean): Ask {
    const { clientHeader, criticalityHeader = "" } = this.#settings.config;
    const { headers, socket } = request;
    const route = this.#routes.match(request);
    const told = parseCriticality(headers[criticalityHeader]?.toString());
    const costs = this.#costs;
    return {
      stream,
      route,
      // While it waits, others show what it will cost.
      get cost() {
        return costs.estimate(route);
      },
      criticality: this.#raised(
        told ?? route.settings?.criticality ?? "normal",
        costs.estimate(route),
      ),
      client: headers[clientHeader]?.toString() ?? socket.remoteAddress ?? "",
      deadlineMs: performance.now() + this.#settings.acquireTimeoutMs,
    };
  }

  /** Whether identical requests may share one answer; undefined for no. */
  sharingOf(request: IncomingMessage): Sharing | undefined {
    return this.#routes.match(request).settings?.singleFlight;
  }

  /** Largest result of the request's route; undefined where that has none of its own. */
  maxResultBytesOf(request: IncomingMessage): number | undefined {
    return this.#routes.match(request).settings?.maxResultBytes;
  }

  /** Keeps it for those who want to know why. */
  decided(ask: Ask, decided: Decided): void {
    this.#decisions.add(ask, decided);
  }

  /** Whether to let it in is a matter of memory at all. */
  isLarge(ask: Ask): boolean {
    return ask.cost.meanBytes > this.#watch.smallBytes;
  }

  state(pools: readonly Pool[]): AdmissionState {
    const nowMs = performance.now();
    return {
      isObserving: this.#settings.observe,
      host: this.#watch.host.state(nowMs),
      backends: pools.flatMap((pool) =>
        pool.backends.map((each) => this.#stateOf(each, pool.firstAsk, nowMs)),
      ),
      queues: pools.map((pool) => pool.queueState(nowMs)),
      routes: this.#costs.states(),
      decisions: this.#decisions.last,
    };
  }

  /** Whether memory is short anywhere: what can be left undone is better left. */
  get isUnderPressure(): boolean {
    return this.#watch.isUnderPressure;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#keep();
    this.#watch.close();
  }

  /** What takes next to nothing endangers nothing, and refusing it saves nothing. */
  #raised(criticality: Criticality, { meanBytes }: Cost): Criticality {
    const isSmall = meanBytes <= this.#watch.smallBytes && rankOf(criticality) > rankOf("high");
    return isSmall ? "high" : criticality;
  }

  #keep(): void {
    try {
      this.#file?.write(this.#costs.history, Date.now());
    } catch (error) {
      // It is learned again: no reason to stop serving.
      this.#log.warn("costs not kept", { error: String(error) });
    }
  }

  /** @param waiting the request that waits for it, if there is one. */
  #stateOf(backend: Backend, waiting: Ask | undefined, nowMs: number): BackendState {
    const { settings, permits, health } = backend;
    const memory = this.#watch.nodeOf(backend);
    return {
      name: settings.name,
      isUp: health.isUp,
      active: permits.active,
      limit: Math.min(
        ...[memory, this.#watch.host].map(
          (node) => node?.permits(permits.limit, "normal") ?? permits.limit,
        ),
      ),
      baseLimit: permits.limit,
      streams: permits.streams,
      streamLimit: permits.streamLimit,
      binding: backend.bindingOf(waiting, nowMs),
      memory: memory?.state(nowMs),
    };
  }
}
