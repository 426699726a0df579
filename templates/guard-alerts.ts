import type { AlertsPlan } from "../core/alerts.ts";
import { SECOND_MS } from "../core/units.ts";

type Percents = Pick<
  AlertsPlan,
  "memoryWarningPercent" | "memoryHighPercent" | "memoryCriticalPercent"
>;
type Connections = Pick<AlertsPlan, "connectionsWarning" | "connectionsCritical">;

export interface GuardAlertsView extends Percents, Connections {
  readonly forSeconds: number;
  readonly shedPercent: number;
  readonly signalAgeSeconds: number;
  readonly estimateRatio: number;
}

/** A few are shed at every peak; one in twenty is what users talk about. */
const SHED_PERCENT = 5;
/** Forty readings missed. */
const SIGNAL_AGE_SECONDS = 10;
/** An estimate is meant to lie above the cost; half as much again is what the reserve can bear. */
const ESTIMATE_RATIO = 1.5;

export function guardAlertsView(
  alerts: Percents & Connections & Pick<AlertsPlan, "forMs">,
): GuardAlertsView {
  const { memoryWarningPercent, memoryHighPercent, memoryCriticalPercent } = alerts;
  const { connectionsWarning, connectionsCritical, forMs } = alerts;
  return {
    ...{ memoryWarningPercent, memoryHighPercent, memoryCriticalPercent },
    ...{ connectionsWarning, connectionsCritical },
    forSeconds: forMs / SECOND_MS,
    shedPercent: SHED_PERCENT,
    signalAgeSeconds: SIGNAL_AGE_SECONDS,
    estimateRatio: ESTIMATE_RATIO,
  };
}
