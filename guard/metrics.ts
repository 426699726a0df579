import type { Backend } from "./backend.ts";
import { backendMetrics } from "./backend-metrics.ts";
import type { Counters } from "./counters.ts";
import { memoryMetrics } from "./memory-metrics.ts";
import { counter, countsOf, gauge, gaugeOf, known } from "./metric.ts";
import type { Metric, Sample } from "./prometheus.ts";
import type { AdmissionState, QueueState, RouteState } from "./state.ts";
import { VERSION } from "./version.ts";

export interface MetricsSource {
  readonly state: AdmissionState;
  readonly backends: readonly Backend[];
  readonly counters: Counters;
  readonly retries: number;
  readonly leases: number;
}

const SECOND_MS = 1_000;

/**
 * What the guard tells about itself at this moment. Labels come from the settings alone (names of backends and
 * routes, paths) or from a fixed list: nothing that a client sends makes a new series.
 */
export function collectMetrics(source: MetricsSource): Metric[] {
  return [
    ...counterMetrics(source.counters),
    ...guardMetrics(source),
    ...queueMetrics(source.state.queues),
    ...backendMetrics(source.state, source.backends),
    ...memoryMetrics(source.state),
    ...routeMetrics(source.state.routes),
    gaugeOf("process_resident_memory_bytes", "Of the guard itself.", process.memoryUsage.rss()),
    gauge("memory_guard_build_info", "Always 1.", [{ labels: { version: VERSION }, value: 1 }]),
  ];
}

function counterMetrics(counters: Counters): Metric[] {
  return [
    counter(
      "memory_guard_requests_total",
      "Requests by how they ended.",
      countsOf("outcome", counters.outcomes),
    ),
    counter(
      "memory_guard_rejected_requests_total",
      "Requests shed with 503.",
      countsOf("reason", counters.sheds),
    ),
    counter(
      "memory_guard_overruled_total",
      "Requests that memory would have kept out, had GUARD_OBSERVE not let them in.",
      countsOf("binding", counters.overruled),
    ),
    counter(
      "memory_guard_dropped_connections_total",
      "Connections closed unread because too many were open.",
      [{ value: counters.droppedConnections }],
    ),
    gaugeOf(
      "memory_guard_config_last_reload_successful",
      "0 while the settings that were read last are wrong, and those before are in force.",
      Number(counters.isConfigured),
    ),
  ];
}

function guardMetrics({ state, retries, leases }: MetricsSource): Metric[] {
  const sum = (key: "active" | "limit") =>
    state.backends.reduce((total, backend) => total + backend[key], 0);
  return [
    gaugeOf(
      "memory_guard_active_tasks",
      "Requests that hold a permit; streams do not.",
      sum("active"),
    ),
    gaugeOf(
      "memory_guard_current_concurrency",
      "Permits that there are now, in all.",
      sum("limit"),
    ),
    gaugeOf(
      "memory_guard_memory_percent",
      "Used memory of the server: 100 * (1 - MemAvailable / MemTotal) of /proc/meminfo.",
      state.host.percent,
    ),
    gaugeOf("memory_guard_retries_active", "Requests under way for the second time.", retries),
    gaugeOf("memory_guard_leases", "Leases that applications hold.", leases),
    gaugeOf(
      "memory_guard_observe",
      "1 while nothing is refused, only counted.",
      Number(state.isObserving),
    ),
  ];
}

function queueMetrics(queues: readonly QueueState[]): Metric[] {
  const each = (read: (queue: QueueState) => number): Sample[] =>
    queues.map((queue) => ({ labels: { paths: queue.paths.join(",") }, value: read(queue) }));
  return [
    gauge(
      "memory_guard_queue_depth",
      "Requests that wait for a permit.",
      each(({ depth }) => depth),
    ),
    gauge(
      "memory_guard_queue_bytes",
      "Memory that they will take.",
      each(({ costBytes }) => costBytes),
    ),
    gauge(
      "memory_guard_queue_wait_seconds",
      "How long the first of them has waited.",
      each(({ oldestMs }) => oldestMs / SECOND_MS),
    ),
  ];
}

function routeMetrics(routes: readonly RouteState[]): Metric[] {
  const each = (read: (route: RouteState) => number | undefined): Sample[] =>
    routes.flatMap((route) => known({ route: route.route }, read(route)));
  return [
    gauge(
      "memory_guard_route_cost_bytes",
      "What the next request of size 1 is taken to cost.",
      each(({ costBytes }) => costBytes),
    ),
    gauge(
      "memory_guard_estimate_error_ratio",
      "Last actual cost of a request by its estimate; above 1 it cost more.",
      each(({ lastActualBytes: actual, lastEstimateBytes: estimate }) =>
        actual === undefined || !estimate ? undefined : actual / estimate,
      ),
    ),
  ];
}
