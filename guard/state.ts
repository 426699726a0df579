import type { Band } from "./band.ts";
import type { Criticality } from "./criticality.ts";

/** Memory that is limited: the whole server, or one backend's cgroup. What is unknown is undefined, never 0. */
export interface NodeState {
  /** `host`, or the backend's name. */
  readonly name: string;
  readonly limitBytes: number | undefined;
  /** What cannot be reclaimed without harm: without the file cache. */
  readonly usedBytes: number | undefined;
  /** What was used when nothing was under way. */
  readonly baseBytes: number | undefined;
  /** Until the limit, with what is promised to requests under way already taken off. */
  readonly headroomBytes: number | undefined;
  /** Promised to requests under way: all of it, and the part that is not in `usedBytes` yet. */
  readonly reservedBytes: number;
  readonly unmaterialisedBytes: number;
  readonly slopeBytesPerSecond: number | undefined;
  /** At this slope; undefined while it does not grow. */
  readonly timeToFullMs: number | undefined;
  readonly stallMsPerSecond: number | undefined;
  readonly percent: number | undefined;
  readonly band: Band;
  readonly sampleAgeMs: number | undefined;
  readonly oomKills: number;
  readonly restarts: number;
}

/** Which limit keeps the next request out. */
export const BINDINGS = [
  "none",
  "permits",
  "streams",
  "band",
  "backend_memory",
  "host_memory",
  "client_share",
  "health",
] as const;
export type Binding = (typeof BINDINGS)[number];
/** Those that are a matter of memory. */
export const MEMORY_BINDINGS = ["band", "backend_memory", "host_memory"] as const;
export type MemoryBinding = (typeof MEMORY_BINDINGS)[number];

export interface BackendState {
  readonly name: string;
  readonly isUp: boolean;
  readonly active: number;
  /** Permits that there are now, and as configured. */
  readonly limit: number;
  readonly baseLimit: number;
  readonly streams: number;
  readonly streamLimit: number;
  readonly binding: Binding;
  /** Undefined for a backend whose cgroup nobody named. */
  readonly memory: NodeState | undefined;
}

export interface QueueState {
  readonly paths: readonly string[];
  readonly depth: number;
  readonly costBytes: number;
  readonly oldestMs: number;
}

export interface RouteState {
  readonly route: string;
  /** What the next request of size 1 is taken to cost. */
  readonly costBytes: number;
  readonly samples: number;
  /** The last actual cost of a request and its estimate; undefined before the first. */
  readonly lastActualBytes: number | undefined;
  readonly lastEstimateBytes: number | undefined;
}

export interface Decision {
  /** Wall clock. */
  readonly timeMs: number;
  readonly route: string;
  readonly criticality: Criticality;
  readonly costBytes: number;
  /** `admitted`, `queued`, or why it was turned away. */
  readonly verdict: string;
  readonly backend: string | undefined;
  readonly binding: Binding;
}

/** All that admission knows at this moment. */
export interface AdmissionState {
  readonly isObserving: boolean;
  readonly host: NodeState;
  readonly backends: readonly BackendState[];
  readonly queues: readonly QueueState[];
  readonly routes: readonly RouteState[];
  /** The newest last. */
  readonly decisions: readonly Decision[];
}
