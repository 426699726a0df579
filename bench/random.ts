const UINT32 = 2 ** 32;

/** Numbers that depend on the seed alone (mulberry32): two arms with one seed meet the same clients. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed + 1, 0x9e3779b1);
  }

  /** In [0, 1). */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / UINT32;
  }

  between(low: number, high: number): number {
    return low + this.uniform() * (high - low);
  }

  /** Gaps of a Poisson process. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** Heavy-tailed between two bounds: many small, few large. */
  boundedPareto(low: number, high: number, shape: number): number {
    const tail = (low / high) ** shape;
    return low / (1 - this.uniform() * (1 - tail)) ** (1 / shape);
  }
}
