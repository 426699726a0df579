import { cpus } from "node:os";
import { compute } from "../core/plan.ts";
import { planEnvironment } from "../core/planner.ts";
import type { AskedSpec } from "../core/spec.ts";
import { GIB, MIB } from "../core/units.ts";

/** Prints how long a plan takes: for the default stack, and for 1 to 200 services. `npx tsx bench/plan.ts` */

const WARM_UP = 300;
const RUNS = 300;
const SERVICES = [1, 10, 50, 100, 200] as const;

const SERVER = { memoryBytes: 1950 * MIB, cpus: 2, swapBytes: 2 * GIB, diskBytes: 40 * GIB };
const APP = {
  kind: "app",
  slots: 2,
  port: 3000,
  memoryPerRequestBytes: 12 * MIB,
  runtime: "node",
} as const;

const DEFAULT: AskedSpec = {
  project: "bench",
  name: "default",
  server: SERVER,
  services: {
    chat: { ...APP, limitBytes: 300 * MIB },
    postgres: { kind: "postgres", limitBytes: 320 * MIB },
    redis: { kind: "redis", limitBytes: 96 * MIB },
  },
};

function specWith(services: number): AskedSpec {
  const apps = Array.from({ length: services }, (_, at) => [`app-${at}`, APP]);
  const server = { ...SERVER, memoryBytes: 256 * GIB, cpus: 64, swapBytes: 0 };
  return { project: "bench", name: "many", server, services: Object.fromEntries(apps) };
}

/** The median of many runs, ms. */
function median(work: () => unknown): number {
  for (let at = 0; at < WARM_UP; at += 1) work();
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return times[RUNS / 2] ?? 0;
}

const [cpu] = cpus();
console.log(`${cpus().length} x ${cpu?.model}, node ${process.version}, median of ${RUNS} runs`);
console.log(`default stack: ${median(() => planEnvironment(DEFAULT)).toFixed(3)} ms`);
console.log("services   ms   ms/service");
for (const services of SERVICES) {
  const spec = specWith(services);
  const ms = median(() => compute(spec));
  console.log(`${services}\t${ms.toFixed(3)}\t${(ms / services).toFixed(4)}`);
}
