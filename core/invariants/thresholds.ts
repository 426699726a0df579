import { disordered } from "./ordered.ts";
import type { Rule } from "./rule.ts";

/** A band between two thresholds that is empty, or upside down, is one that never acts. */
export const thresholds: Rule = ({ guard, alerts }) => [
  ...disordered(
    [
      ["guard.warningPercent", guard.warningPercent],
      ["guard.highPercent", guard.highPercent],
      ["guard.criticalPercent", guard.criticalPercent],
    ],
    "percent",
  ),
  ...disordered(
    [
      ["alerts.connectionsWarningPercent", alerts.connectionsWarningPercent],
      ["alerts.connectionsCriticalPercent", alerts.connectionsCriticalPercent],
    ],
    "percent",
  ),
  ...disordered(
    [
      ["alerts.diskWarningPercent", alerts.diskWarningPercent],
      ["alerts.diskCriticalPercent", alerts.diskCriticalPercent],
    ],
    "percent",
  ),
];
