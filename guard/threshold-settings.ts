import type { Thresholds } from "./band.ts";

interface ThresholdRule {
  readonly key: keyof Thresholds;
  readonly name: string;
  /** Share, as the variable is written. */
  readonly default: string;
}

/** In their order: each must be above the one before it. */
const THRESHOLDS: readonly ThresholdRule[] = [
  { key: "warningPercent", name: "MEMORY_GUARD_WARNING_PERCENT", default: "0.70" },
  { key: "maxPercent", name: "MEMORY_GUARD_MAX_PERCENT", default: "0.80" },
  { key: "criticalPercent", name: "MEMORY_GUARD_CRITICAL_PERCENT", default: "0.85" },
];
export const THRESHOLD_NAMES = THRESHOLDS.map(({ name }) => name);

/** Reads the thresholds, written as shares; where a rule is broken, `report` is told and the result is not to be used. */
export function parseThresholds(
  environment: Readonly<Record<string, string | undefined>>,
  report: (problem: string) => void,
): Thresholds {
  const texts = THRESHOLDS.map((rule) => environment[rule.name] || rule.default);
  const percents = texts.map(percentOf);
  THRESHOLDS.forEach((rule, index) => {
    if (percents[index] !== undefined) return;
    const got = `got "${texts[index]}"`;
    report(
      `${rule.name}: must be a share from 0.01 to 1, ${got}; leave it out for ${rule.default}`,
    );
  });
  const [warning = 70, max = 80, critical = 85] = percents;
  if (!percents.includes(undefined) && !(warning < max && max < critical)) {
    const got = texts.join(", ");
    report(
      `${THRESHOLD_NAMES.join(", ")}: must rise in this order, got ${got}; write 0.70, 0.80, 0.85`,
    );
  }
  return { warningPercent: warning, maxPercent: max, criticalPercent: critical };
}

/** The environment that `parseThresholds` reads back as the same thresholds. */
export function formatThresholds(thresholds: Thresholds): Record<string, string> {
  return Object.fromEntries(
    THRESHOLDS.map(({ key, name }) => [name, String(thresholds[key] / 100)]),
  );
}

function percentOf(text: string): number | undefined {
  const share = /^(?:0?\.\d{1,4}|1(?:\.0{1,4})?)$/.test(text) ? Number(text) : Number.NaN;
  // Rounded, or 0.07 would become 7.000000000000001.
  return share >= 0.01 ? Math.round(share * 10_000) / 100 : undefined;
}
