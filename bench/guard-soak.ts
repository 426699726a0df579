/**
 * A million mixed requests through the guard, with random aborts, resets and slow readers. What it must show: no
 * permit, stream or place in the queue left at the end, and memory that does not grow.
 * SIGTERM or SIGINT ends it early, with its figures so far.
 * Usage: node --import tsx bench/guard-soak.ts [REQUESTS] [SEED]
 * Prints the guard's memory over time, how the requests ended, and the same as JSON to stdout's last line.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { cpus } from "node:os";
import { GuardProcess } from "./guard-process.ts";
import { soakBackend } from "./soak/backend.ts";
import { soak } from "./soak/load.ts";

const CLIENTS = 64;
const REPORTS = 20;
/** The first tenth warms up: the heap finds its size. */
const WARM_SHARE = 0.1;

interface Memory {
  readonly requests: number;
  readonly seconds: number;
  readonly rssMb: number;
  readonly anonymousMb: number;
}

function megabytes(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1];
  return Math.round(Number(kibibytes) / 102.4) / 10;
}

const [requests = 1_000_000, seed = 1] = process.argv.slice(2).map(Number);
const backend = soakBackend().listen(0, "127.0.0.1");
await once(backend, "listening");
const { port } = backend.address() as AddressInfo;
const guard = await GuardProcess.start({
  GUARD_BACKENDS: `a=http://127.0.0.1:${port};concurrency=24;streams=12`,
  GUARD_ACQUIRE_TIMEOUT_MS: "500",
  GUARD_STALL_TIMEOUT_MS: "1000",
  // The mix has breakers open now and then: they are to close again, too.
  CIRCUIT_BREAKER_RESET_TIMEOUT_MS: "100",
});
const early = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => early.abort());
const memory: Memory[] = [];
const started = performance.now();
const step = Math.max(1, Math.floor(requests / REPORTS));
console.log(
  `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, ${requests} requests, seed ${seed}`,
);
const totals = await soak({
  port: guard.port,
  requests,
  clients: CLIENTS,
  seed,
  signal: early.signal,
  onDone: (done) => {
    if (done % step !== 0) return;
    const seconds = Math.round((performance.now() - started) / 1_000);
    const [rssMb, anonymousMb] = [megabytes(guard.pid, "VmRSS"), megabytes(guard.pid, "RssAnon")];
    memory.push({ requests: done, seconds, rssMb, anonymousMb });
    console.log(`${done} requests, ${seconds} s: RSS ${rssMb} MB, anonymous ${anonymousMb} MB`);
  },
});
const left = await guard.settled([
  "memory_guard_active_tasks",
  "memory_guard_backend_streams",
  "memory_guard_queue_depth",
]);
await guard.stop();
backend.close();
backend.closeAllConnections();
console.table([totals]);
console.table([left]);
const warm = memory
  .slice(Math.floor(memory.length * WARM_SHARE))
  .map(({ anonymousMb }) => anonymousMb);
console.log(
  `anonymous memory after the first tenth: ${Math.min(...warm)} to ${Math.max(...warm)} MB`,
);
console.log(JSON.stringify({ requests, seed, totals, left, memory }));
if (Object.values(left).some((value) => value !== 0)) process.exitCode = 1;
