import type { Account, Ending } from "./account.ts";
import type { Ask } from "./ask.ts";
import { Charge } from "./charge.ts";
import type { Cost } from "./cost.ts";
import { type CostModel, costKey } from "./cost-model.ts";
import type { Gate } from "./gate.ts";
import type { MemoryNode } from "./memory-node.ts";
import type { Permits } from "./permits.ts";
import type { RouteMatch } from "./routes.ts";
import type { Binding } from "./state.ts";

export interface GateContext {
  readonly host: MemoryNode;
  /** Undefined for a backend whose cgroup nobody named. */
  readonly own: MemoryNode | undefined;
  readonly costs: CostModel;
  /** Permits of the backend as configured, and held now. */
  readonly permits: Pick<Permits, "limit" | "active">;
  /**
   * Looks at the memory now. @param isClean false when a request that had grown large has given back its memory.
   * @returns how much was given back since the last look; undefined when that cannot be told.
   */
  look(isClean: boolean): number | undefined;
  isObserving(): boolean;
  /** Monotonic. */
  nowMs(): number;
}

/** A backend that works on for nobody does so no longer than this. */
const MAX_GHOST_MS = 30_000;
/** Those that are left are the longest, so it may take longer than all before it. */
const GHOST_DURATIONS = 1.5;

/** Who is under way at one backend, and what memory allows beside them. */
export class MemoryGate implements Gate {
  readonly #context: GateContext;
  readonly #live = new Set<Charge>();
  /** By key of their costs, the routes that it has served. */
  readonly #served = new Map<string, RouteMatch>();
  #ghosts: Ghost[] = [];

  constructor(context: GateContext) {
    this.#context = context;
  }

  binding(ask: Ask): Binding {
    return this.#context.isObserving() ? "none" : this.#wouldBind(ask);
  }

  /** As `binding`, whether or not it is enforced. */
  #wouldBind(ask: Ask): Binding {
    const { host, own } = this.#context;
    const ofOwn = own === undefined ? "none" : this.#bindingOf(own, ask);
    return ofOwn === "none" ? this.#bindingOf(host, ask) : ofOwn;
  }

  /** Only a size that is told is believed: what was learned may be wrong, and would never be put right. */
  isBeyond(ask: Ask): boolean {
    const { host, own, isObserving } = this.#context;
    if (isObserving() || ask.route.size === undefined) return false;
    const bytes = this.#context.costs.likelyBytes(ask.route);
    return [host, own].some((node) => node?.isBeyond(bytes) === true);
  }

  admit(ask: Ask): Account {
    const overruled = this.#context.isObserving() ? this.#wouldBind(ask) : "none";
    const costs = this.#nodes().map((node) => [node, this.#costAt(node, ask)] as const);
    const charge = new Charge(ask, costs, this.#context.nowMs());
    this.#live.add(charge);
    this.#served.set(costKey(ask.route), ask.route);
    return {
      overruled,
      becameStream: () => this.#becameStream(charge, this.#context.nowMs()),
      costs: (bytes) => {
        charge.toldBytes = bytes;
      },
      ended: (ending) => this.#ended(charge, ending, this.#context.nowMs()),
    };
  }

  #bindingOf(node: MemoryNode, ask: Ask): Binding {
    const { host, permits } = this.#context;
    const { criticality } = ask;
    const cost = this.#costAt(node, ask);
    // Whoever comes to an idle backend is let in: else nothing would ever show that there is memory again.
    if (node.ledger.count === 0 || node.hasRoomForSmall(cost)) return "none";
    if (permits.active >= node.permits(permits.limit, criticality)) return "band";
    if (node.fits(cost, criticality)) return "none";
    return node === host ? "host_memory" : "backend_memory";
  }

  /** Those that were left among them: their backend may work on. */
  get #underWay(): Charge[] {
    return [...this.#live, ...this.#ghosts.map(({ charge }) => charge)];
  }

  #costAt(node: MemoryNode, { cost, route }: Ask): Cost {
    const { trial } = cost;
    if (trial === undefined) return cost;
    const key = costKey(route);
    const underWay = this.#underWay.filter((each) => !each.isSettled && each.key === key).length;
    if (underWay < trial.seen) return cost;
    const meanBytes = Math.max(cost.meanBytes, trial.configuredBytes);
    const configured = { meanBytes, spreadBytes: 0, isGuess: true };
    return underWay === 0 ? node.probeOf(configured) : configured;
  }

  /** After a look at the memory: learns from what is under way, and forgets what is over. */
  observed(nowMs: number): void {
    const [over, left] = partition(this.#ghosts, ({ untilMs }) => nowMs >= untilMs);
    this.#ghosts = left;
    for (const { charge } of over) charge.end();
    this.#raise();
  }

  /** The backend is another process now, perhaps another version of the program. */
  restarted(): void {
    this.#context.costs.doubt(this.#served.values());
  }

  /** The backend died: the largest of those under way are taken to be the cause. */
  died(): void {
    const largest = [...this.#live].sort((a, b) => b.seenBytes - a.seenBytes)[0];
    if (largest !== undefined) this.#context.costs.punish(largest.ask.route);
    for (const { charge } of this.#ghosts.splice(0)) charge.end();
  }

  /** Requests whose cost is learned together, and that have together grown by more than was expected of them. */
  #raise(): void {
    const { costs } = this.#context;
    const starting = [...this.#live].filter(({ isSettled }) => !isSettled);
    for (const charges of groupBy(starting, ({ key }) => key).values()) {
      const [{ ask }] = charges;
      const seenBytes = sum(charges, (each) => each.seenBytes);
      const expectedBytes = sum(charges, (each) => costs.expectedBytes(each.ask.route));
      if (charges.some(({ isLarge }) => isLarge)) costs.raise(ask.route, seenBytes / expectedBytes);
    }
  }

  #nodes(): MemoryNode[] {
    const { host, own } = this.#context;
    return own === undefined ? [host] : [own, host];
  }

  /**
   * The start of a stream is work like any other's, and over with its first byte: that is learned. What it holds from then
   * on can be seen.
   */
  #becameStream(charge: Charge, nowMs: number): void {
    if (charge.isLarge) this.#context.look(true);
    this.#learn(charge, charge.actualBytes(nowMs, undefined), false);
    charge.settle();
  }

  #ended(charge: Charge, ending: Ending, nowMs: number): void {
    this.#live.delete(charge);
    const { costs } = this.#context;
    if (ending === "abandoned") {
      const ageMs = nowMs - charge.sinceMs;
      const longestMs = costs.longestMs(charge.ask.route) || ageMs;
      const lifeMs = Math.min(MAX_GHOST_MS, longestMs * GHOST_DURATIONS);
      this.#ghosts.push({ charge, untilMs: Math.max(nowMs, charge.sinceMs + lifeMs) });
      return;
    }
    // While its growth can still be told from what is freed.
    const freedBytes = charge.isLarge ? this.#context.look(!charge.hasGrown) : undefined;
    charge.end();
    if (ending === "failed" || charge.isSettled) return;
    this.#learn(charge, charge.actualBytes(nowMs, freedBytes), ending === "error");
  }

  #learn(charge: Charge, actualBytes: number | undefined, isError: boolean): void {
    if (actualBytes === undefined) return;
    const durationMs = this.#context.nowMs() - charge.sinceMs;
    this.#context.costs.learn(charge.ask.route, { actualBytes, durationMs, isError });
  }
}

interface Ghost {
  readonly charge: Charge;
  readonly untilMs: number;
}

function partition<T>(all: readonly T[], test: (each: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter((each) => !test(each))];
}

function groupBy<T>(all: Iterable<T>, key: (each: T) => string): Map<string, [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const each of all) {
    const group = groups.get(key(each));
    if (group) group.push(each);
    else groups.set(key(each), [each]);
  }
  return groups;
}

function sum<T>(all: readonly T[], read: (each: T) => number): number {
  return all.reduce((total, each) => total + read(each), 0);
}
