import type { IncomingMessage } from "node:http";
import type { Ask } from "./ask.ts";
import type { Backend } from "./backend.ts";
import type { Sharing } from "./flight-key.ts";
import type { Pool } from "./pool.ts";
import type { AdmissionState, NodeState } from "./state.ts";

export interface AdmissionSettings {
  /** How long a request may wait for a permit. */
  readonly acquireTimeoutMs: number;
}

const UNKNOWN: Omit<NodeState, "name"> = {
  limitBytes: undefined,
  usedBytes: undefined,
  baseBytes: undefined,
  headroomBytes: undefined,
  reservedBytes: 0,
  unmaterialisedBytes: 0,
  slopeBytesPerSecond: undefined,
  timeToFullMs: undefined,
  stallMsPerSecond: undefined,
  percent: undefined,
  band: "NORMAL",
  sampleAgeMs: undefined,
  oomKills: 0,
  restarts: 0,
};

/** Knows memory, routes and costs: says what a request needs, and lets each backend ask whether it may have it. */
export class Admission {
  #settings: AdmissionSettings;

  constructor(settings: AdmissionSettings) {
    this.#settings = settings;
  }

  /** Other settings, from now on. */
  configure(settings: AdmissionSettings): void {
    this.#settings = settings;
  }

  /** @param stream whether the client wants a stream. */
  askFor(request: IncomingMessage, stream: boolean): Ask {
    return {
      stream,
      route: `${request.method} ${(request.url ?? "").replace(/\?.*$/, "")}`,
      size: 1,
      costBytes: 0,
      criticality: "normal",
      client: request.socket.remoteAddress ?? "",
      deadlineMs: performance.now() + this.#settings.acquireTimeoutMs,
    };
  }

  /** Whether identical requests may share one answer; undefined for no. */
  sharingOf(_request: IncomingMessage): Sharing | undefined {
    return undefined;
  }

  state(pools: readonly Pool[]): AdmissionState {
    return {
      isObserving: false,
      host: { name: "host", ...UNKNOWN },
      backends: pools.flatMap(({ backends }) => backends.map(stateOf)),
      queues: pools.map(({ paths, queueDepth }) => ({
        paths,
        depth: queueDepth,
        costBytes: 0,
        oldestMs: 0,
      })),
      routes: [],
      decisions: [],
    };
  }
}

function stateOf({ settings, permits, health }: Backend) {
  return {
    name: settings.name,
    isUp: health.isUp,
    active: permits.active,
    limit: permits.limit,
    baseLimit: settings.concurrency,
    streams: permits.streams,
    streamLimit: permits.streamLimit,
    binding: "none" as const,
    memory: undefined,
  };
}
