import { SHED_REASONS, type ShedReason } from "./pool.ts";
import { MEMORY_BINDINGS, type MemoryBinding } from "./state.ts";

/**
 * How requests end: answered by a backend, shed, refused as malformed or unroutable, failed at the backend,
 * left by the client.
 */
export const OUTCOMES = ["forwarded", "shed", "refused", "failed", "client_gone"] as const;
export type Outcome = (typeof OUTCOMES)[number];

function zeros<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
}

/** What only ever grows. Every label is there from the start, so that a rate can be taken from the first one. */
export class Counters {
  readonly outcomes: Record<Outcome, number> = zeros(OUTCOMES);
  readonly sheds: Record<ShedReason, number> = zeros(SHED_REASONS);
  /** Requests that memory would have kept out, if it were not only observed. */
  readonly overruled: Record<MemoryBinding, number> = zeros(MEMORY_BINDINGS);
  droppedConnections = 0;
  /** Whether the settings that were read last are in force. */
  isConfigured = true;
}
