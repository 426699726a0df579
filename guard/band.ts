/** How full memory is, the emptiest first. */
export const BANDS = ["NORMAL", "STABLE", "WARNING", "HIGH", "CRITICAL"] as const;
export type Band = (typeof BANDS)[number];

export interface Thresholds {
  /** Shares of the limit: above it fewer requests are let in. */
  readonly warningPercent: number;
  readonly maxPercent: number;
  readonly criticalPercent: number;
}

/** Below WARNING by this much nothing is changed: the document's 60 to 70 %. */
const STABLE_WIDTH_PERCENT = 10;
/** A band is left downwards only this far below the edge at which it was entered. */
const HYSTERESIS_PERCENT = 5;
/** Share of the configured permits that each band leaves; of those configured, not of those left. */
const SHARE: Readonly<Record<Band, number>> = {
  NORMAL: 1,
  STABLE: 1,
  WARNING: 0.75,
  HIGH: 0.5,
  CRITICAL: 0,
};

/** The percentages at which STABLE, WARNING, HIGH and CRITICAL begin. */
export function bandEdges(thresholds: Thresholds): readonly number[] {
  const { warningPercent, maxPercent, criticalPercent } = thresholds;
  const stable = Math.max(0, warningPercent - STABLE_WIDTH_PERCENT);
  return [stable, warningPercent, maxPercent, criticalPercent];
}

/** The band after `percent` was read while `current` was in force: upwards at once, downwards with hysteresis. */
export function nextBand(current: Band, percent: number, thresholds: Thresholds): Band {
  const edges = bandEdges(thresholds);
  const up = edges.filter((edge) => percent >= edge).length;
  const down = edges.filter((edge) => percent >= edge - HYSTERESIS_PERCENT).length;
  const index = Math.max(up, Math.min(BANDS.indexOf(current), down));
  return BANDS[index] as Band;
}

/** Permits that a band leaves of those configured: at least one below CRITICAL, none there. */
export function permitsIn(band: Band, base: number): number {
  return band === "CRITICAL" ? 0 : Math.max(1, Math.floor(base * SHARE[band]));
}

export function isTighter(band: Band, other: Band): boolean {
  return BANDS.indexOf(band) > BANDS.indexOf(other);
}
