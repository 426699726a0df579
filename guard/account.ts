/** How a request that was let in came to its end. */
export type Ending = "completed" | "failed" | "client_gone";

/** What is told about a request that was let in, as it goes. Any of it may come more than once or never. */
export interface Account {
  /** The answer's first byte came from the backend. */
  firstByte(): void;
  /** It is a stream from now on: it holds memory, but does no work. */
  becameStream(): void;
  /** Bytes of the answer that were passed on since the last call. */
  passed(bytes: number): void;
  /** The backend itself tells what the request took. */
  costs(bytes: number): void;
  ended(ending: Ending): void;
}

/** Where nobody counts. */
export const NO_ACCOUNT: Account = {
  firstByte: () => {},
  becameStream: () => {},
  passed: () => {},
  costs: () => {},
  ended: () => {},
};
