import { type Environment, planOf } from "../config/environment.ts";
import type { Plan } from "../core/plan.ts";
import { MINUTE_MS } from "../core/units.ts";
import { type AlertThresholds, guardAlertsView } from "../templates/guard-alerts.ts";
import { render } from "../templates/render.ts";

/** Edges of the guard's bands: it lets in a quarter fewer, half, and none. */
const MEMORY = { memoryWarningPercent: 70, memoryHighPercent: 80, memoryCriticalPercent: 85 };
/** 60 and 75 of a slot's 80 connections. */
const CONNECTIONS_WARNING_SHARE = 0.75;
const CONNECTIONS_CRITICAL_SHARE = 0.9375;
/** A peak of minutes is no alarm. */
const FOR_MS = 5 * MINUTE_MS;

function thresholds({ slots }: Plan): AlertThresholds {
  const connections = Math.min(...slots.map(({ maxConnections }) => maxConnections));
  return {
    ...MEMORY,
    connectionsWarning: Math.floor(connections * CONNECTIONS_WARNING_SHARE),
    connectionsCritical: Math.floor(connections * CONNECTIONS_CRITICAL_SHARE),
    forMs: FOR_MS,
  };
}

/** Rules for Prometheus, by the numbers of the environment's plan. @throws OperatorError when the plan does not fit. */
export function alerts(environment: Environment): string {
  return render("guard-alerts.yml", guardAlertsView(thresholds(planOf(environment)))).trimEnd();
}
