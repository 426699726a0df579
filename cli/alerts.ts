import { type Environment, planOf } from "../config/environment.ts";
import { guardAlertsView } from "../templates/guard-alerts.ts";
import { render } from "../templates/render.ts";

/** Rules for Prometheus, by the numbers of the environment's plan. @throws OperatorError when the plan does not fit. */
export function alerts(environment: Environment): string {
  return render("guard-alerts.yml", guardAlertsView(planOf(environment).alerts)).trimEnd();
}
