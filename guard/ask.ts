import type { Cost } from "./cost.ts";
import type { Criticality } from "./criticality.ts";
import type { RouteMatch } from "./routes.ts";

/** What a request needs of the backend that takes it. */
export interface Ask {
  /** It will probably be answered by a stream. */
  readonly stream: boolean;
  /** Its route, and the size that it tells. */
  readonly route: RouteMatch;
  /** By how much the backend's memory is expected to grow for it. */
  readonly cost: Cost;
  readonly criticality: Criticality;
  /** Whose request it is: one client gets no more than its share of what is scarce. */
  readonly client: string;
  /** Monotonic time after which nobody wants the answer any more. */
  readonly deadlineMs: number;
}
