import { MIB } from "../../core/units.ts";
import type { MemoryReading } from "../../guard/memory-reading.ts";
import { LIMIT_BYTES } from "../overload/backend/container.ts";
import type { Work } from "../overload/work.ts";
import type { Random } from "../random.ts";
import type { Clock } from "./clock.ts";

const BASE_BYTES = 60 * MIB;
/** Memory comes in huge pages. */
const PAGE_BYTES = 2 * MIB;
const FILL_SHARE = 0.8;
/** How often the kernel could find it too large. */
const LOOK_MS = 5;
const RESTART_MS = 1000;

interface Share {
  readonly bytes: number;
  readonly fillMs: number;
  readonly sinceMs: number;
  fail(): void;
}

/** The memory of the overload bench's backend: requests fill it evenly and free it at once, and beyond its limit it dies. */
export class SimulatedBackend {
  foreignBytes = 0;
  deaths = 0;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #slowest: number;
  readonly #shares = new Set<Share>();
  #downUntilMs = 0;

  /** @param slowest times that a request may take longer than it should. */
  constructor(clock: Clock, random: Random, slowest: number) {
    this.#clock = clock;
    this.#random = random;
    this.#slowest = slowest;
    clock.every(LOOK_MS, () => {
      if (this.#usedBytes > LIMIT_BYTES) this.#die();
    });
  }

  get isDown(): boolean {
    return this.#clock.nowMs < this.#downUntilMs;
  }

  read(): MemoryReading {
    return {
      usedBytes: this.#usedBytes,
      limitBytes: LIMIT_BYTES,
      oomKills: 0,
      stallMs: undefined,
      generation: this.deaths,
    };
  }

  /** Resolves to whether it came to its end. */
  work({ bytes, durationMs }: Work, fillShare = FILL_SHARE): Promise<boolean> {
    if (this.isDown) return Promise.resolve(false);
    return new Promise((resolve) => {
      const lastsMs = durationMs * this.#random.between(1, this.#slowest);
      const sinceMs = this.#clock.nowMs;
      const fail = () => resolve(false);
      const share = { bytes, fillMs: lastsMs * fillShare, sinceMs, fail };
      this.#shares.add(share);
      this.#clock.after(lastsMs, () => {
        if (this.#shares.delete(share)) resolve(true);
      });
    });
  }

  get #usedBytes(): number {
    let used = BASE_BYTES + this.foreignBytes;
    for (const { bytes, fillMs, sinceMs } of this.#shares) {
      const filled = fillMs > 0 ? Math.min(1, (this.#clock.nowMs - sinceMs) / fillMs) : 1;
      used += Math.ceil((bytes * filled) / PAGE_BYTES) * PAGE_BYTES;
    }
    return used;
  }

  #die(): void {
    this.deaths += 1;
    this.#downUntilMs = this.#clock.nowMs + RESTART_MS;
    for (const share of this.#shares) share.fail();
    this.#shares.clear();
  }
}
