import { disordered } from "./ordered.ts";
import type { Rule } from "./rule.ts";

const GUARD = ["warningPercent", "highPercent", "criticalPercent"] as const;
const ALERTS = [
  ["connectionsWarningPercent", "connectionsCriticalPercent"],
  ["diskWarningPercent", "diskCriticalPercent"],
] as const;

/** A band between two thresholds that is empty, or upside down, is one that never acts. */
export const thresholds: Rule = ({ spec, guard, alerts }) => [
  ...disordered(spec, { part: "guard", keys: GUARD, values: guard, unit: "percent" }),
  ...ALERTS.flatMap((keys) =>
    disordered(spec, { part: "alerts", keys, values: alerts, unit: "percent" }),
  ),
];
