import type { Cost } from "./cost.ts";
import type { CostHistory } from "./cost-file.ts";
import { type CostSample, RouteCosts } from "./route-costs.ts";
import type { RouteMatch } from "./routes.ts";
import type { RouteState } from "./state.ts";

/** What a request took; an error says little of what a success would. */
type Actual = Omit<CostSample, "expectedBytes">;

interface Known {
  readonly costs: RouteCosts;
  /** What a request of size 1 was configured to cost. */
  readonly unitBytes: number;
  lastActualBytes: number | undefined;
  lastEstimateBytes: number | undefined;
}

/** What the requests of each route cost, learned as they go. */
export class CostModel {
  #estimatedBytes: number;
  readonly #routes = new Map<string, Known>();
  readonly #past: CostHistory;

  /**
   * @param estimatedBytes what a request costs of which nothing is known.
   * @param past what was learned before.
   */
  constructor(estimatedBytes: number, past: CostHistory = {}) {
    this.#estimatedBytes = estimatedBytes;
    this.#past = past;
  }

  /** What has been learned, to be kept. */
  get history(): CostHistory {
    const learned = [...this.#routes].map(([key, { costs }]) => [key, costs.samples]);
    return { ...this.#past, ...Object.fromEntries(learned) };
  }

  configure(estimatedBytes: number): void {
    this.#estimatedBytes = estimatedBytes;
  }

  /** What a request is taken to cost. */
  estimate(match: RouteMatch): Cost {
    return this.#known(match).costs.estimate(this.expectedBytes(match));
  }

  /** The same without any caution: to be told whether it could ever fit. */
  likelyBytes(match: RouteMatch): number {
    return this.#known(match).costs.likelyBytes(this.expectedBytes(match));
  }

  /** How long such a request takes at most, going by the last ones; 0 before the first. */
  longestMs(match: RouteMatch): number {
    return this.#known(match).costs.longestMs;
  }

  learn(match: RouteMatch, actual: Actual): void {
    const known = this.#known(match);
    const expectedBytes = this.expectedBytes(match);
    known.lastEstimateBytes = known.costs.estimate(expectedBytes).meanBytes;
    known.lastActualBytes = actual.actualBytes;
    known.costs.learn({ expectedBytes, ...actual });
  }

  /** Requests of this route that are under way have together grown by this many times what was expected of them. */
  raise(match: RouteMatch, ratio: number): void {
    this.#known(match).costs.raise(ratio);
  }

  /** The program that serves these routes was started anew. */
  doubt(matches: Iterable<RouteMatch>): void {
    for (const match of matches) this.#known(match).costs.doubt();
  }

  punish(match: RouteMatch): void {
    this.#known(match).costs.punish();
  }

  states(): RouteState[] {
    return [...this.#routes].map(
      ([route, { costs, unitBytes, lastActualBytes, lastEstimateBytes }]) => ({
        route,
        costBytes: costs.estimate(unitBytes).meanBytes,
        samples: costs.samples.length,
        lastActualBytes,
        lastEstimateBytes,
      }),
    );
  }

  /** What such a request was configured to cost. */
  expectedBytes({ settings, size }: RouteMatch): number {
    if (settings?.size === undefined || size === undefined) {
      return settings?.costBytes ?? this.#estimatedBytes;
    }
    return Math.max(1, (settings.costBytes ?? 0) + size * settings.size.bytesPerUnit);
  }

  #known(match: RouteMatch): Known {
    const isTold = match.size !== undefined;
    const key = costKey(match);
    let known = this.#routes.get(key);
    if (known === undefined) {
      const unitBytes = this.expectedBytes({ ...match, size: isTold ? 1 : undefined });
      known = {
        costs: new RouteCosts(isTold, Object.hasOwn(this.#past, key) ? this.#past[key] : []),
        unitBytes,
        lastActualBytes: undefined,
        lastEstimateBytes: undefined,
      };
      this.#routes.set(key, known);
    }
    return known;
  }
}

/** Under which its cost is learned: a request that does not tell its size says nothing about one that does. */
export function costKey({ name, settings, size }: RouteMatch): string {
  return settings?.size !== undefined && size === undefined ? `${name} (no size)` : name;
}
