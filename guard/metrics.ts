import type { Backend } from "./backend.ts";
import type { Counters } from "./counters.ts";
import { memoryPercent } from "./memory.ts";
import type { Pool } from "./pool.ts";
import type { Metric, Sample } from "./prometheus.ts";
import type { Router } from "./router.ts";

/** What the guard tells about itself at this moment. */
export function collectMetrics(router: Router, counters: Counters): Metric[] {
  const backends = router.pools.flatMap((pool) => pool.backends);
  return [
    ...guardMetrics(backends, counters),
    ...poolMetrics(router.pools),
    ...backendMetrics(backends),
    gauge("process_resident_memory_bytes", "Resident memory of the guard itself.", [
      { value: process.memoryUsage.rss() },
    ]),
  ];
}

function guardMetrics(backends: readonly Backend[], counters: Counters): Metric[] {
  const percent = memoryPercent();
  return [
    counter(
      "memory_guard_requests_total",
      "Requests by how they ended.",
      "outcome",
      counters.outcomes,
    ),
    counter(
      "memory_guard_rejected_requests_total",
      "Requests shed with 503.",
      "reason",
      counters.sheds,
    ),
    {
      name: "memory_guard_dropped_connections_total",
      type: "counter",
      help: "Connections closed unread because too many were open.",
      samples: [{ value: counters.droppedConnections }],
    },
    gauge(
      "memory_guard_config_last_reload_successful",
      "0 while the settings that were read last are wrong, and those before are in force.",
      [{ value: Number(counters.isConfigured) }],
    ),
    gauge("memory_guard_active_tasks", "Requests that hold a permit; streams do not.", [
      { value: sum(backends, ({ permits }) => permits.active) },
    ]),
    gauge("memory_guard_current_concurrency", "Permits that there are now, over all backends.", [
      { value: sum(backends, ({ permits }) => permits.limit) },
    ]),
    gauge(
      "memory_guard_memory_percent",
      "Used memory of the server: 100 * (1 - MemAvailable / MemTotal) of /proc/meminfo.",
      percent === undefined ? [] : [{ value: percent }],
    ),
  ];
}

function poolMetrics(pools: readonly Pool[]): Metric[] {
  const samples = pools.map(({ paths, queueDepth }) => ({
    labels: { paths: paths.join(",") },
    value: queueDepth,
  }));
  return [gauge("memory_guard_queue_depth", "Requests that wait for a permit.", samples)];
}

function backendMetrics(backends: readonly Backend[]): Metric[] {
  const each = (read: (backend: Backend) => number): Sample[] =>
    backends.map((backend) => ({
      labels: { backend: backend.settings.name },
      value: read(backend),
    }));
  return [
    gauge(
      "memory_guard_backend_up",
      "0 after a failed connect, until one succeeds.",
      each(({ health }) => Number(health.isUp)),
    ),
    gauge(
      "memory_guard_backend_active",
      "Requests that hold a permit.",
      each(({ permits }) => permits.active),
    ),
    gauge(
      "memory_guard_backend_concurrency",
      "Permits that there are now.",
      each(({ permits }) => permits.limit),
    ),
    gauge(
      "memory_guard_backend_streams",
      "Event streams and WebSockets open.",
      each(({ permits }) => permits.streams),
    ),
    gauge(
      "memory_guard_backend_streams_limit",
      "Event streams and WebSockets that may be open.",
      each(({ permits }) => permits.streamLimit),
    ),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: "gauge", help, samples };
}

/** @param label what tells the counts apart. */
function counter(
  name: string,
  help: string,
  ...[label, counts]: [string, Readonly<Record<string, number>>]
): Metric {
  const samples = Object.entries(counts).map(([key, value]) => ({
    labels: { [label]: key },
    value,
  }));
  return { name, type: "counter", help, samples };
}

function sum(backends: readonly Backend[], read: (backend: Backend) => number): number {
  return backends.reduce((total, backend) => total + read(backend), 0);
}
