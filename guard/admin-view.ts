import type { AdminView } from "./admin-server.ts";
import { bandEdges } from "./band.ts";
import type { ExchangeContext } from "./exchange-context.ts";
import { LeaseEndpoint } from "./lease-endpoint.ts";
import type { Leases } from "./leases.ts";
import { collectMetrics } from "./metrics.ts";
import { formatMetrics } from "./prometheus.ts";
import { statsOf } from "./stats.ts";
import { statusOf } from "./status.ts";

/** What the admin port shows of a guard. A reload changes the context, so all is asked for anew. */
export function adminView(context: ExchangeContext, leases: Leases): AdminView {
  const { fleet, admission, counters, retries } = context;
  const state = () => admission.state(fleet.router.pools);
  return {
    notReady: () => notReady(context),
    metrics: () => {
      const { backends } = fleet;
      const counts = { retries: retries.taken, leases: leases.count };
      return formatMetrics(collectMetrics({ state: state(), backends, counters, ...counts }));
    },
    stats: () => statsOf(state(), counters),
    status: () =>
      statusOf(state(), counters, {
        enabled: context.settings.enabled,
        draining: context.isDraining,
        edges: bandEdges(context.settings),
        leases: { count: leases.count, bytes: leases.bytes },
      }),
    leases: new LeaseEndpoint(leases, () => fleet.backends.map(({ settings }) => settings.name)),
  };
}

function notReady({ isDraining, fleet }: ExchangeContext): string | undefined {
  if (isDraining) return "draining";
  // Reachable, not up: a backend is up only after a request, and none may come while we are not ready.
  return fleet.backends.some((backend) => backend.isReachable()) ? undefined : "backends_down";
}
