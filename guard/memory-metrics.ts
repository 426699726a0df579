import { BANDS } from "./band.ts";
import { counter, gauge, known, oneHot } from "./metric.ts";
import type { Metric, Sample } from "./prometheus.ts";
import type { AdmissionState, NodeState } from "./state.ts";

const SECOND_MS = 1_000;
const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / SECOND_MS);

type Read = (node: NodeState) => number | undefined;

const GAUGES: readonly [name: string, help: string, read: Read][] = [
  [
    "memory_guard_headroom_bytes",
    "Bytes until the limit, without what is promised to requests under way.",
    ({ headroomBytes }) => headroomBytes,
  ],
  ["memory_guard_used_bytes", "Bytes that cannot be reclaimed.", ({ usedBytes }) => usedBytes],
  ["memory_guard_limit_bytes", "Bytes that there are.", ({ limitBytes }) => limitBytes],
  [
    "memory_guard_reserved_bytes",
    "Bytes promised to requests, streams and leases under way.",
    ({ reservedBytes }) => reservedBytes,
  ],
  [
    "memory_guard_time_to_full_seconds",
    "Time until the limit at the present growth; absent while it does not grow.",
    ({ timeToFullMs }) => seconds(timeToFullMs),
  ],
  [
    "memory_guard_stall_ratio",
    "Share of the time in which somebody waits for memory.",
    ({ stallMsPerSecond }) => seconds(stallMsPerSecond),
  ],
  [
    "memory_guard_signal_age_seconds",
    "Age of the last reading; absent where there was none.",
    ({ sampleAgeMs }) => seconds(sampleAgeMs),
  ],
];

/** Memory of the server and of each backend whose cgroup is known, by the label `node`. */
export function memoryMetrics({ host, backends }: AdmissionState): Metric[] {
  const nodes = [host, ...backends.flatMap(({ memory }) => (memory === undefined ? [] : [memory]))];
  const each = (read: Read): Sample[] =>
    nodes.flatMap((node) => known({ node: node.name }, read(node)));
  const bands = nodes.flatMap(({ name, band }) => oneHot({ node: name }, band, BANDS));
  return [
    ...GAUGES.map(([name, help, read]) => gauge(name, help, each(read))),
    gauge("memory_guard_state", "1 for the band that memory is in.", bands),
    counter(
      "memory_guard_oom_kills_total",
      "Processes that the kernel killed for want of memory.",
      each(({ oomKills }) => oomKills),
    ),
    counter(
      "memory_guard_restarts_total",
      "Restarts seen.",
      each(({ restarts }) => restarts),
    ),
  ];
}
