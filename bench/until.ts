import { setTimeout as pause } from "node:timers/promises";

const POLL_MS = 50;

/** Waits until something holds. @throws Error when it does not within the time */
export async function until(holds: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`${holds}: not within ${timeoutMs} ms`);
    await pause(POLL_MS);
  }
}
