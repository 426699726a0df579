import { SECOND_MS } from "../core/units.ts";

/** What the rules take from the plan. */
export interface AlertThresholds {
  /** Used memory of the server; the critical one also of each backend's limit. */
  readonly memoryWarningPercent: number;
  readonly memoryHighPercent: number;
  readonly memoryCriticalPercent: number;
  /** Requests and streams at one slot. */
  readonly connectionsWarning: number;
  readonly connectionsCritical: number;
  /** How long what is no emergency must hold. */
  readonly forMs: number;
}

export interface GuardAlertsView extends Omit<AlertThresholds, "forMs"> {
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

export function guardAlertsView({ forMs, ...thresholds }: AlertThresholds): GuardAlertsView {
  return {
    ...thresholds,
    forSeconds: forMs / SECOND_MS,
    shedPercent: SHED_PERCENT,
    signalAgeSeconds: SIGNAL_AGE_SECONDS,
    estimateRatio: ESTIMATE_RATIO,
  };
}
