import type { Ask } from "./ask.ts";
import type { Cost } from "./cost.ts";
import { costKey } from "./cost-model.ts";
import { Entry } from "./ledger.ts";
import { type MemoryNode, SMALL_SHARE } from "./memory-node.ts";

/** Of its life a request must have been watched this much for its growth to be believed. */
const MIN_WATCHED_SHARE = 0.3;
/**
 * A program that frees at once shows a request's cost when it ends. One whose garbage stays shows next to nothing then,
 * and two that end together show the sum.
 */
const MIN_FREED_SHARE = 0.5;
const MAX_FREED_SHARE = 1.5;
/** One request in the ledgers of all nodes that it counts for. */
export class Charge {
  readonly ask: Ask;
  /** Of its cost. */
  readonly key: string;
  readonly sinceMs: number;
  toldBytes: number | undefined;
  isSettled = false;
  /** As it was when it was let in. */
  readonly #meanBytes: number;
  readonly #entries: readonly [node: MemoryNode, entry: Entry][];

  /** @param costs what each node is to promise it. */
  constructor(ask: Ask, costs: readonly (readonly [MemoryNode, Cost])[], nowMs: number) {
    this.ask = ask;
    this.#meanBytes = ask.cost.meanBytes;
    this.key = costKey(ask.route);
    this.sinceMs = nowMs;
    this.#entries = costs.map(([node, cost]) => [node, new Entry(cost, nowMs)]);
    for (const [node, entry] of this.#entries) node.ledger.add(entry);
  }

  get seenBytes(): number {
    return this.#entries[0]?.[1].seenBytes ?? 0;
  }

  /** It has taken much, or may yet. */
  get isLarge(): boolean {
    return this.hasGrown || this.#meanBytes > this.#smallBytes;
  }

  get hasGrown(): boolean {
    return this.seenBytes > this.#smallBytes;
  }

  get #smallBytes(): number {
    return (this.#entries[0]?.[0].limitBytes ?? Number.POSITIVE_INFINITY) * SMALL_SHARE;
  }

  end(): void {
    for (const [node, entry] of this.#entries) node.ledger.remove(entry);
  }

  settle(): void {
    this.isSettled = true;
    for (const [node, entry] of this.#entries) {
      entry.settle();
      node.ledger.changed();
    }
  }

  /** What it took; undefined when that could not be told. */
  actualBytes(nowMs: number, freedBytes: number | undefined): number | undefined {
    if (this.toldBytes !== undefined) return this.toldBytes;
    const grownBytes = this.#grownBytes(nowMs);
    if (freedBytes === undefined || grownBytes === undefined) return grownBytes;
    const share = freedBytes / grownBytes;
    return share >= MIN_FREED_SHARE && share <= MAX_FREED_SHARE ? freedBytes : grownBytes;
  }

  #grownBytes(nowMs: number): number | undefined {
    const entry = this.#entries[0]?.[1];
    const lifeMs = nowMs - this.sinceMs;
    if (entry === undefined || entry.seenMs < lifeMs * MIN_WATCHED_SHARE) return undefined;
    return entry.seenMs === 0 ? 0 : (entry.seenBytes * lifeMs) / entry.seenMs;
  }
}
