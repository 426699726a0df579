import type { Criticality } from "./criticality.ts";

/** What a request needs of the backend that takes it. */
export interface Ask {
  /** It will probably be answered by a stream. */
  readonly stream: boolean;
  /** Name of its route, under which its cost is learned. */
  readonly route: string;
  /** Size that the request itself tells, in the route's unit (rows, bytes); 1 where it tells none. */
  readonly size: number;
  /** By how much the backend's memory is expected to grow for it. */
  readonly costBytes: number;
  readonly criticality: Criticality;
  /** Whose request it is: one client gets no more than its share of what is scarce. */
  readonly client: string;
  /** Monotonic time after which nobody wants the answer any more. */
  readonly deadlineMs: number;
}
