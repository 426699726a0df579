import type { Backend } from "./backend.ts";
import { isTighter, type Thresholds } from "./band.ts";
import { Cgroup } from "./cgroup.ts";
import type { CostModel } from "./cost-model.ts";
import { Meminfo } from "./meminfo.ts";
import { MemoryGate } from "./memory-gate.ts";
import { MemoryNode, SMALL_SHARE } from "./memory-node.ts";
import type { MemoryReading } from "./memory-reading.ts";

export interface WatchSettings extends Thresholds {
  readonly checkIntervalMs: number;
  readonly observe: boolean;
}

/** Many requests that end at once are worth one look. */
const MIN_LOOK_MS = 5;

export interface MemorySource {
  read(): MemoryReading | undefined;
  close(): void;
}

/** Where memory is read: the server's, and that of a cgroup by its path. */
export interface MemorySources {
  host(): MemorySource;
  cgroup(path: string): MemorySource;
}

const KERNEL: MemorySources = { host: () => new Meminfo(), cgroup: (path) => new Cgroup(path) };

interface Watched {
  readonly backend: Backend;
  readonly gate: MemoryGate;
  readonly look: Look | undefined;
  /** What it was made from. */
  readonly source: string;
}

function sourceOf({ settings }: Backend): string {
  return `${settings.cgroup} ${settings.limitBytes}`;
}

/** Looks at the memory of the server and of each backend, regularly and when there is reason to. */
export class Watch {
  readonly host: MemoryNode;
  #settings: WatchSettings;
  readonly #costs: CostModel;
  readonly #sources: MemorySources;
  readonly #hostLook: Look;
  readonly #watched = new Map<Backend, Watched>();
  #timer: NodeJS.Timeout;

  constructor(settings: WatchSettings, costs: CostModel, sources = KERNEL) {
    this.#settings = settings;
    this.#sources = sources;
    this.#costs = costs;
    this.host = this.#node("host", undefined);
    this.#hostLook = new Look(this.host, sources.host());
    this.#hostLook.now(performance.now());
    this.#timer = this.#start();
  }

  /** Watches these and no others. One that stays goes on with what is known of it, if its cgroup is the same. */
  attach(backends: readonly Backend[]): void {
    for (const [backend, { look, source }] of this.#watched) {
      if (backends.includes(backend) && source === sourceOf(backend)) continue;
      look?.close();
      this.#watched.delete(backend);
    }
    for (const backend of backends) if (!this.#watched.has(backend)) this.#add(backend);
  }

  configure(settings: WatchSettings): void {
    this.#settings = settings;
    this.host.configure(settings);
    for (const { look } of this.#watched.values()) look?.node.configure(settings);
    clearInterval(this.#timer);
    this.#timer = this.#start();
  }

  #start(): NodeJS.Timeout {
    return setInterval(() => this.#tick(), this.#settings.checkIntervalMs).unref();
  }

  #add(backend: Backend): void {
    const { name, cgroup, limitBytes } = backend.settings;
    const own = cgroup === undefined ? undefined : this.#node(name, limitBytes);
    const look =
      own && cgroup !== undefined ? new Look(own, this.#sources.cgroup(cgroup)) : undefined;
    const { permits } = backend;
    const gate = new MemoryGate({
      host: this.host,
      own,
      costs: this.#costs,
      permits,
      look: (isClean) => (look ?? this.#hostLook).soon(performance.now(), isClean),
      isObserving: () => this.#settings.observe,
      nowMs: () => performance.now(),
    });
    look?.now(performance.now());
    backend.gate = gate;
    this.#watched.set(backend, { backend, gate, look, source: sourceOf(backend) });
  }

  /** What nobody would notice. */
  get smallBytes(): number {
    let least = this.host.limitBytes ?? 0;
    for (const { look } of this.#watched.values()) {
      least = Math.min(least, look?.node.limitBytes ?? least);
    }
    return least * SMALL_SHARE;
  }

  nodeOf(backend: Backend): MemoryNode | undefined {
    return this.#watched.get(backend)?.look?.node;
  }

  get isUnderPressure(): boolean {
    const nodes = [this.host, ...[...this.#watched.values()].map(({ look }) => look?.node)];
    return nodes.some((node) => node !== undefined && isTighter(node.band, "STABLE"));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#hostLook.close();
    for (const { look } of this.#watched.values()) look?.close();
  }

  #node(name: string, limitBytes: number | undefined): MemoryNode {
    return new MemoryNode({ ...this.#settings, name, limitBytes });
  }

  #tick(): void {
    const nowMs = performance.now();
    this.#hostLook.now(nowMs);
    for (const { backend, gate, look } of this.#watched.values()) {
      look?.now(nowMs);
      gate.observed(nowMs);
      const { hasDied, hasRestarted } = look?.news() ?? {};
      if (hasDied) gate.died();
      if (hasRestarted) gate.restarted();
      // Memory may have become free without any request's end.
      backend.onChange();
    }
  }
}

/** A node and where its readings come from. */
class Look {
  readonly node: MemoryNode;
  readonly #source: MemorySource;
  #lastMs = Number.NEGATIVE_INFINITY;
  #isClean = true;
  #oomKills = 0;
  #restarts = 0;

  constructor(node: MemoryNode, source: MemorySource) {
    this.node = node;
    this.#source = source;
  }

  now(nowMs: number): void {
    this.node.observe(this.#source.read(), nowMs, this.#isClean);
    this.#lastMs = nowMs;
    this.#isClean = true;
  }

  /** @returns what was given back since the last look, when one request alone can have done it. */
  soon(nowMs: number, isClean: boolean): number | undefined {
    const isOnly = this.#isClean;
    this.#isClean &&= isClean;
    if (nowMs - this.#lastMs < MIN_LOOK_MS) return undefined;
    this.now(nowMs);
    return isOnly ? this.node.freedBytes : undefined;
  }

  /** What has happened since it was last asked, whichever look saw it. A restart may have been a death. */
  news(): { hasDied: boolean; hasRestarted: boolean } {
    const { oomKills, restarts } = this.node;
    const hasRestarted = restarts > this.#restarts;
    const hasDied = hasRestarted || oomKills > this.#oomKills;
    this.#oomKills = oomKills;
    this.#restarts = restarts;
    return { hasDied, hasRestarted };
  }

  close(): void {
    this.#source.close();
  }
}
