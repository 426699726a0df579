import { writeFileSync } from "node:fs";
import { type Log, reason } from "./log.ts";

/**
 * Offers this process to the kernel's OOM killer before the database: a slot is back in a second, and raising
 * the own score, unlike lowering it, needs no privilege. 0 leaves it alone.
 */
export function raiseOomScore(score: number, log: Log): void {
  if (score === 0) return;
  try {
    writeFileSync("/proc/self/oom_score_adj", String(score));
  } catch (error) {
    log.warn("oom score: not raised", { reason: reason(error) });
  }
}
