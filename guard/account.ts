import type { Binding } from "./state.ts";

/**
 * How a request that was let in came to its end: answered; answered with an error, which says little of what an answer
 * takes; broken off by the backend; left by the guard, and the backend may work on.
 */
export type Ending = "completed" | "error" | "failed" | "abandoned";

/** What is told about a request that was let in, as it goes. Any of it may come more than once or never. */
export interface Account {
  /** What would have kept it out if memory were not only observed; else `none`. */
  readonly overruled: Binding;
  /** It is a stream from now on: it holds memory, but does no work. */
  becameStream(): void;
  /** The backend itself tells what the request took. */
  costs(bytes: number): void;
  ended(ending: Ending): void;
}

/** Where nobody counts. */
export const NO_ACCOUNT: Account = {
  overruled: "none",
  becameStream: () => {},
  costs: () => {},
  ended: () => {},
};
