import type { Arrival } from "../arrivals.ts";
import type { Profile } from "../profiles.ts";
import type { Times } from "../times.ts";

/** Where an arm runs: one of several places side by side, each with a backend and ports of its own. */
export interface Place {
  readonly name: string;
  readonly backendPort: number;
  readonly frontPort: number;
  readonly adminPort: number;
  /** The backend's cgroup parent: what the guard looks at. */
  readonly cgroupParent: string;
  /** For configuration and logs; made, and ends with the bench. */
  readonly folder: string;
  /** Folder with guard.mjs and backend.mjs. */
  readonly programs: string;
  readonly image: string;
}

export interface Scene {
  readonly place: Place;
  readonly profile: Profile;
  readonly times: Times;
}

/** Decides in the load generator: resolves to what gives the place back, or to undefined when refused. */
export type Gate = (arrival: Arrival) => Promise<(() => void) | undefined>;

export interface RunningArm {
  /** Port that clients connect to. */
  readonly port: number;
  readonly gate?: Gate;
  end(): Promise<void>;
}

/** Something that stands between the clients and the backend. */
export interface Arm {
  readonly name: string;
  /** Whether the declared size makes a difference. */
  readonly readsHints: boolean;
  start(scene: Scene): Promise<RunningArm>;
}
