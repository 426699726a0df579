import { HEAVY_DEADLINE_MS } from "../arrivals.ts";

/** What every arm with a queue is told: who waits longer than this would not be done within its deadline. */
export const QUEUE_TIMEOUT_MS = HEAVY_DEADLINE_MS / 2;
