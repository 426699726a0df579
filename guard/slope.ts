/** Long enough that one allocation is no trend, short enough to see a second of growth. */
const WINDOW_MS = 1_000;

interface Point {
  readonly value: number;
  readonly atMs: number;
}

/** How fast a value grows, over the last second. */
export class Slope {
  #points: Point[] = [];

  add(value: number, atMs: number): void {
    this.#points.push({ value, atMs });
    while (this.#points.length > 2 && atMs - (this.#points[1] as Point).atMs >= WINDOW_MS) {
      this.#points.shift();
    }
  }

  clear(): void {
    this.#points = [];
  }

  /** Undefined until there are two points. */
  get perSecond(): number | undefined {
    const [first] = this.#points;
    const last = this.#points.at(-1);
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return undefined;
    return (1_000 * (last.value - first.value)) / (last.atMs - first.atMs);
  }
}
