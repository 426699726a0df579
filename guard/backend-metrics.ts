import type { Backend } from "./backend.ts";
import { BREAKER_STATES } from "./breaker.ts";
import { gauge, oneHot } from "./metric.ts";
import type { Metric } from "./prometheus.ts";
import { type AdmissionState, type BackendState, BINDINGS } from "./state.ts";

type Read = (backend: BackendState) => number;

const GAUGES: readonly [name: string, help: string, read: Read][] = [
  ["memory_guard_backend_up", "0 while its port is closed.", ({ isUp }) => Number(isUp)],
  ["memory_guard_backend_active", "Requests that hold a permit.", ({ active }) => active],
  ["memory_guard_backend_concurrency", "Permits that there are now.", ({ limit }) => limit],
  ["memory_guard_backend_base_concurrency", "Permits as configured.", ({ baseLimit }) => baseLimit],
  ["memory_guard_backend_streams", "Event streams and WebSockets open.", ({ streams }) => streams],
  [
    "memory_guard_backend_streams_limit",
    "Event streams and WebSockets that may be open.",
    ({ streamLimit }) => streamLimit,
  ],
];

/** Places and health of each backend, by the label `backend`. */
export function backendMetrics(state: AdmissionState, backends: readonly Backend[]): Metric[] {
  const nowMs = performance.now();
  const bindings = state.backends.flatMap(({ name, binding }) =>
    oneHot({ backend: name }, binding, BINDINGS),
  );
  const breakers = backends.flatMap(({ settings, health }) =>
    oneHot({ backend: settings.name }, health.breakerState(nowMs), BREAKER_STATES),
  );
  return [
    ...GAUGES.map(([name, help, read]) => {
      const samples = state.backends.map((backend) => ({
        labels: { backend: backend.name },
        value: read(backend),
      }));
      return gauge(name, help, samples);
    }),
    gauge("memory_guard_backend_binding", "1 for what keeps the next request out.", bindings),
    gauge("memory_guard_breaker_state", "1 for the state of the circuit breaker.", breakers),
  ];
}
