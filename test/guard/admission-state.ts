import type { AdmissionState, NodeState } from "../../guard/state.ts";

const MIB = 2 ** 20;

export function nodeState(more: Partial<NodeState> = {}): NodeState {
  return {
    name: "host",
    limitBytes: 1950 * MIB,
    usedBytes: 1190 * MIB,
    baseBytes: 900 * MIB,
    headroomBytes: 640 * MIB,
    reservedBytes: 210 * MIB,
    unmaterialisedBytes: 120 * MIB,
    slopeBytesPerSecond: undefined,
    timeToFullMs: undefined,
    stallMsPerSecond: 0,
    percent: 61,
    band: "STABLE",
    sampleAgeMs: 120,
    oomKills: 0,
    restarts: 0,
    ...more,
  };
}

/** A server under load: one slot is calm, the other one short of memory. */
export function busyState(more: Partial<AdmissionState> = {}): AdmissionState {
  return {
    isObserving: false,
    host: nodeState({ timeToFullMs: 41_000, slopeBytesPerSecond: 15 * MIB }),
    backends: [
      {
        name: "chat-1",
        isUp: true,
        active: 5,
        limit: 14,
        baseLimit: 14,
        streams: 12,
        streamLimit: 40,
        binding: "none",
        memory: nodeState({
          name: "chat-1",
          limitBytes: 300 * MIB,
          usedBytes: 141 * MIB,
          unmaterialisedBytes: 36 * MIB,
          headroomBytes: 123 * MIB,
          percent: 47,
          band: "NORMAL",
        }),
      },
      {
        name: "chat-2",
        isUp: true,
        active: 10,
        limit: 10,
        baseLimit: 14,
        streams: 23,
        streamLimit: 40,
        binding: "backend_memory",
        memory: nodeState({
          name: "chat-2",
          limitBytes: 300 * MIB,
          usedBytes: 221 * MIB,
          unmaterialisedBytes: 52 * MIB,
          headroomBytes: 27 * MIB,
          percent: 73.7,
          band: "WARNING",
          timeToFullMs: 3_400,
          oomKills: 1,
          restarts: 1,
        }),
      },
      {
        name: "report-1",
        isUp: false,
        active: 0,
        limit: 4,
        baseLimit: 4,
        streams: 0,
        streamLimit: 0,
        binding: "health",
        memory: undefined,
      },
    ],
    queues: [
      { paths: ["/api/"], depth: 3, costBytes: 90 * MIB, oldestMs: 1_240 },
      { paths: ["/reports/"], depth: 0, costBytes: 0, oldestMs: 0 },
    ],
    routes: [
      {
        route: "GET /api/export",
        costBytes: 48.2 * MIB,
        samples: 118,
        lastActualBytes: 44 * MIB,
        lastEstimateBytes: 48.2 * MIB,
      },
      {
        route: "POST /api/chat/completions",
        costBytes: 2.1 * MIB,
        samples: 2041,
        lastActualBytes: 1.4 * MIB,
        lastEstimateBytes: 2.1 * MIB,
      },
      {
        route: "GET /api/sessions/:id/messages",
        costBytes: 0.4 * MIB,
        samples: 17,
        lastActualBytes: undefined,
        lastEstimateBytes: undefined,
      },
    ],
    decisions: [
      decision({ verdict: "admitted", backend: "chat-1" }, 0),
      decision(
        {
          route: "GET /api/export",
          costBytes: 48 * MIB,
          verdict: "queued",
          binding: "backend_memory",
        },
        900,
      ),
      decision({ verdict: "admitted", backend: "chat-2", criticality: "critical" }, 1_400),
      decision(
        {
          route: "GET /api/export",
          costBytes: 96 * MIB,
          verdict: "acquire_timeout",
          binding: "host_memory",
          criticality: "background",
        },
        2_100,
      ),
      decision(
        {
          route: "GET /api/sessions/:id/messages",
          costBytes: 0.4 * MIB,
          verdict: "admitted",
          backend: "chat-1",
        },
        2_300,
      ),
    ],
    ...more,
  };
}

type Decision = AdmissionState["decisions"][number];

function decision(more: Partial<Decision>, afterMs: number): Decision {
  return {
    timeMs: Date.UTC(2026, 0, 5, 9, 30) + afterMs,
    route: "POST /api/chat/completions",
    criticality: "normal",
    costBytes: 2.1 * MIB,
    verdict: "admitted",
    backend: undefined,
    binding: "none",
    ...more,
  };
}
