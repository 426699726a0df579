import { type Band, nextBand, permitsIn, type Thresholds } from "./band.ts";
import type { Cost } from "./cost.ts";
import type { Criticality } from "./criticality.ts";
import { Ledger } from "./ledger.ts";
import type { MemoryReading } from "./memory-reading.ts";
import { Slope } from "./slope.ts";
import type { NodeState } from "./state.ts";

export interface NodeSettings extends Thresholds {
  readonly name: string;
  /** Where the kernel tells no limit, or a higher one. */
  readonly limitBytes: number | undefined;
  readonly checkIntervalMs: number;
}

/** What is this much smaller than the limit is noise in what is measured. */
export const SMALL_SHARE = 0.01;
/** Of the limit, what may be promised to requests. Kernel, socket and allocator take the rest. */
const PROMISED_PERCENT: Readonly<Record<Criticality, number>> = {
  critical: 97,
  high: 97,
  normal: 94,
  background: 88,
};
/** Growth that nobody was promised and that would fill the memory within this time stops admission. */
const TIME_TO_FULL_MS = 2_000;
/** As much time as this in a second spent waiting for memory stops admission too. */
const STALL_MS_PER_SECOND = 100;
/** A reading is believed for two intervals, and held for this long; after that a fixed share of the permits is given. */
const HOLD_MS = 2_000;
const STALE_INTERVALS = 2;
const BULKHEAD: Band = "HIGH";
/** Of what is free when nothing is under way, the most that the first request of an unknown kind is promised. */
const PROBE_SHARE = 1 / 3;
/** Promises below this share of what is used are noise. */
const IDLE_SHARE = 0.02;
/** What a backend keeps when its requests are gone becomes its base this slowly. */
const BASE_RISE_MS = 5_000;

/** One memory limit: what is used, what is promised, and whether more may be promised. No I/O, no clock. */
export class MemoryNode {
  readonly ledger = new Ledger();
  #settings: NodeSettings;
  readonly #slope = new Slope();
  readonly #excess = new Slope();
  readonly #stall = new Slope();
  #reading: MemoryReading | undefined;
  #readMs = Number.NEGATIVE_INFINITY;
  #baseBytes: number | undefined;
  #floorBytes = Number.POSITIVE_INFINITY;
  #excessBytes = 0;
  #growthPerMs = 0;
  #freedBytes: number | undefined;
  #band: Band = "NORMAL";
  #oomKills = 0;
  #restarts = 0;

  constructor(settings: NodeSettings) {
    this.#settings = settings;
  }

  configure(settings: Thresholds & { readonly checkIntervalMs: number }): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  get band(): Band {
    return this.#band;
  }

  get limitBytes(): number | undefined {
    const told = this.#reading?.limitBytes ?? Number.POSITIVE_INFINITY;
    const limit = Math.min(told, this.#settings.limitBytes ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(limit) ? limit : undefined;
  }

  /** So far: a change of it is to be learned from. */
  get oomKills(): number {
    return this.#oomKills;
  }

  /** So far, of the program that has this memory, for whatever reason. */
  get restarts(): number {
    return this.#restarts;
  }

  /**
   * Takes a look in. @param reading undefined when there was nothing to read.
   * @param isClean whether no large request has given memory back since the last look.
   */
  observe(reading: MemoryReading | undefined, nowMs: number, isClean = true): void {
    this.#freedBytes = undefined;
    this.ledger.advance(nowMs);
    if (reading !== undefined) this.#take(reading, nowMs, isClean);
    this.#band = this.#bandAt(nowMs);
  }

  /** What was given back between the last two looks, if the others grew on as before; undefined when nobody knows. */
  get freedBytes(): number | undefined {
    return this.#freedBytes;
  }

  /** Whether the last look is recent enough to go by. */
  isKnown(nowMs: number): boolean {
    return nowMs - this.#readMs <= STALE_INTERVALS * this.#settings.checkIntervalMs + HOLD_MS;
  }

  /** Permits of `base` that this memory leaves to a request. */
  permits(base: number, criticality: Criticality): number {
    // What is critical is bounded by the bytes promised alone, until memory fills by itself.
    const isFirst = criticality === "critical" || criticality === "high";
    return isFirst && !this.#isRunaway() ? base : permitsIn(this.#band, base);
  }

  /** What takes next to nothing breaks no promise to others: for it counts only what is in use. */
  hasRoomForSmall({ meanBytes }: Cost): boolean {
    const limit = this.limitBytes;
    if (limit === undefined || this.#reading === undefined) return false;
    const isSmall = meanBytes <= limit * SMALL_SHARE;
    return isSmall && this.#reading.usedBytes < (limit * PROMISED_PERCENT.critical) / 100;
  }

  /**
   * The first request of which nothing is known. What is configured may be more than this memory ever has free, and then
   * nothing would ever be known.
   */
  probeOf(cost: Cost): Cost {
    const limit = this.limitBytes;
    if (limit === undefined || !Number.isFinite(this.#floorBytes)) return cost;
    const most = ((limit * PROMISED_PERCENT.normal) / 100 - this.#floorBytes) * PROBE_SHARE;
    return { ...cost, meanBytes: Math.min(cost.meanBytes, Math.max(0, most)) };
  }

  /** Whether `cost` can be promised beside what is promised already. */
  fits(cost: Cost, criticality: Criticality): boolean {
    const limit = this.limitBytes;
    if (limit === undefined || this.#reading === undefined) return true;
    const committed = this.ledger.committedBytes(this.#reading.usedBytes, this.#base, cost);
    return committed <= (limit * PROMISED_PERCENT[criticality]) / 100;
  }

  /** Whether it would not even fit alone. */
  isBeyond(bytes: number): boolean {
    const limit = this.limitBytes;
    if (limit === undefined || !Number.isFinite(this.#floorBytes)) return false;
    return bytes > (limit * PROMISED_PERCENT.critical) / 100 - this.#floorBytes;
  }

  state(nowMs: number): NodeState {
    const used = this.#reading?.usedBytes;
    const limit = this.limitBytes;
    const isRead = used !== undefined;
    return {
      name: this.#settings.name,
      limitBytes: limit,
      usedBytes: used,
      baseBytes: this.#baseBytes,
      headroomBytes: isRead && limit ? limit - used - this.ledger.unseenBytes : undefined,
      reservedBytes: this.ledger.reservedBytes,
      unmaterialisedBytes: this.ledger.unseenBytes,
      slopeBytesPerSecond: this.#slope.perSecond,
      timeToFullMs: this.#timeToFullMs(this.#slope, 0),
      stallMsPerSecond: this.#stall.perSecond,
      percent: this.#percent,
      band: this.#band,
      sampleAgeMs: isRead ? nowMs - this.#readMs : undefined,
      oomKills: this.#oomKills,
      restarts: this.#restarts,
    };
  }

  get #base(): number {
    return this.#baseBytes ?? 0;
  }

  get #percent(): number | undefined {
    const limit = this.limitBytes;
    return limit && this.#reading ? (100 * this.#reading.usedBytes) / limit : undefined;
  }

  #take(reading: MemoryReading, nowMs: number, isClean: boolean): void {
    const before = this.#reading;
    const isSame = before !== undefined && before.generation === reading.generation;
    if (isSame) this.#charge(reading.usedBytes - before.usedBytes, nowMs, isClean);
    else this.#begin(before !== undefined);
    this.#countKills(reading, isSame ? before : undefined);
    this.#reading = reading;
    this.#readMs = nowMs;
    this.#learnBase(nowMs);
    this.#slope.add(reading.usedBytes, nowMs);
    this.#excess.add(this.#excessBytes, nowMs);
    if (reading.stallMs !== undefined) this.#stall.add(reading.stallMs, nowMs);
  }

  #begin(isRestart: boolean): void {
    if (isRestart) this.#restarts += 1;
    this.#baseBytes = undefined;
    this.#floorBytes = Number.POSITIVE_INFINITY;
    for (const slope of [this.#slope, this.#excess, this.#stall]) slope.clear();
  }

  #countKills({ oomKills = 0 }: MemoryReading, before: MemoryReading | undefined): void {
    this.#oomKills += Math.max(0, oomKills - (before?.oomKills ?? (before ? 0 : oomKills)));
  }

  #charge(growthBytes: number, nowMs: number, isClean: boolean): void {
    const used = (this.#reading?.usedBytes ?? 0) + growthBytes;
    const expected = this.#base + this.ledger.reservedBytes;
    this.#excessBytes += Math.max(0, used - Math.max(used - growthBytes, expected));
    const intervalMs = nowMs - this.#readMs;
    if (isClean) this.#growthPerMs = Math.max(0, growthBytes) / Math.max(1, intervalMs);
    else this.#freedBytes = Math.max(0, this.#growthPerMs * intervalMs - growthBytes);
    if (isClean || growthBytes > 0) this.ledger.charge(growthBytes, intervalMs, nowMs);
  }

  #learnBase(nowMs: number): void {
    const used = this.#reading?.usedBytes ?? 0;
    const sinceMs = nowMs - this.#baseMs;
    this.#baseMs = nowMs;
    const base = this.#baseBytes ?? used;
    // What is in use beyond it may belong to those under way.
    const isIdle = this.ledger.reservedBytes <= used * IDLE_SHARE;
    const risen = isIdle ? 1 - Math.exp(-sinceMs / BASE_RISE_MS) : 0;
    this.#baseBytes = used < base ? used : base + (used - base) * risen;
    this.#floorBytes = Math.min(this.#floorBytes, this.#baseBytes);
  }

  #baseMs = 0;

  #bandAt(nowMs: number): Band {
    if (!this.isKnown(nowMs)) return BULKHEAD;
    const percent = this.#percent;
    if (percent === undefined) return this.#reading === undefined ? BULKHEAD : "NORMAL";
    if (this.#isRunaway()) return "CRITICAL";
    return nextBand(this.#band, percent, this.#settings);
  }

  #isRunaway(): boolean {
    const toFullMs = this.#timeToFullMs(this.#excess, this.ledger.unseenBytes);
    const isStalled = (this.#stall.perSecond ?? 0) > STALL_MS_PER_SECOND;
    return isStalled || (toFullMs !== undefined && toFullMs < TIME_TO_FULL_MS);
  }

  #timeToFullMs(slope: Slope, promisedBytes: number): number | undefined {
    const limit = this.limitBytes;
    const perSecond = slope.perSecond ?? 0;
    if (limit === undefined || this.#reading === undefined || perSecond <= 0) return undefined;
    const headroom = limit - this.#reading.usedBytes - promisedBytes;
    return Math.max(0, (1_000 * headroom) / perSecond);
  }
}
