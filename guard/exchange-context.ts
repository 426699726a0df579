import { Admission } from "./admission.ts";
import { Counters } from "./counters.ts";
import { Fleet } from "./fleet.ts";
import type { Log } from "./log.ts";
import { LogThrottle } from "./log-throttle.ts";
import { RetryBudget } from "./retry-budget.ts";
import type { Settings } from "./settings.ts";
import { SingleFlight } from "./single-flight.ts";
import { statsOf } from "./stats.ts";

/** What all exchanges share. */
export interface ExchangeContext {
  readonly fleet: Fleet;
  readonly admission: Admission;
  readonly counters: Counters;
  readonly retries: RetryBudget;
  readonly flights: SingleFlight;
  readonly log: LogThrottle;
  /** Replaced as a whole by a reload. */
  settings: Settings;
  isDraining: boolean;
}

export function exchangeContext(settings: Settings, log: Log): ExchangeContext {
  const fleet = new Fleet(settings, log);
  const admission = new Admission(settings, log);
  admission.attach(fleet.backends);
  const counters = new Counters();
  const stats = () => statsOf(admission.state(fleet.router.pools), counters);
  return {
    fleet,
    admission,
    counters,
    retries: new RetryBudget(
      settings,
      () => fleet.load,
      () => admission.isUnderPressure,
    ),
    flights: new SingleFlight(),
    log: new LogThrottle(log, { shed: () => ({ memory_stats: stats() }) }),
    settings,
    isDraining: false,
  };
}

/** What is under way goes on, and what comes goes by the new settings. */
export function configureExchanges(context: ExchangeContext, settings: Settings): void {
  context.admission.configure(settings);
  context.retries.configure(settings);
  context.settings = settings;
  context.fleet.configure(settings);
  context.admission.attach(context.fleet.backends);
}
