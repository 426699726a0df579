/**
 * Does the heavy work: in a thread of its own, so that light requests wait for memory only where the kernel makes them, not
 * behind a loop that touches pages.
 */
import { parentPort } from "node:worker_threads";
import { Ballast } from "./ballast.ts";

/** Fills `bytes` over `fillMs`, holds them, frees them, and says so. A task of `foreign` sets what stays instead. */
export interface Task {
  readonly id: number;
  readonly bytes: number;
  readonly fillMs: number;
  readonly holdMs: number;
  readonly foreign: boolean;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const foreign = new Ballast();

async function work({ bytes, fillMs, holdMs }: Task): Promise<void> {
  const begin = performance.now();
  const ballast = new Ballast();
  await ballast.fill(bytes, fillMs);
  await pause(fillMs + holdMs - (performance.now() - begin));
  ballast.free();
}

parentPort?.on("message", async (task: Task) => {
  await (task.foreign ? foreign.resize(task.bytes) : work(task));
  parentPort?.postMessage(task.id);
});
