/**
 * Hop: what one more proxy costs. The guard beside nginx, HAProxy and bare proxies on Node, with one thread each, in the same run.
 * Usage: node --import tsx bench/hop/main.ts [--seconds 8] [--rounds 20]
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { ensureImages } from "../../cli/images/build.ts";
import { terminalReport } from "../../cli/report.ts";
import { debianImages } from "../../images/debian.ts";
import { bundle, bundlePrograms } from "../overload/programs.ts";
import { startBackends } from "./backends.ts";
import { proxiesImage } from "./image.ts";
import { measureLatency } from "./latency.ts";
import { type Memory, measureMemory } from "./memory.ts";
import {
  type Hop,
  PEERS,
  type Ports,
  PROXY_NAMES,
  type ProxyOptions,
  startProxy,
} from "./proxies.ts";
import { type Figures, report } from "./report.ts";
import { measureThroughput, type Throughput } from "./throughput.ts";

/** Below the range that the kernel takes for outgoing connections; each proxy's own are ten apart. */
const PORTS: Ports = { fast: 22_000, streams: 22_001, front: 22_010 };

interface Options {
  readonly seconds: number;
  readonly rounds: number;
}
const options = new Command("hop")
  .option("--seconds <seconds>", "length of each throughput measurement", Number, 8)
  .option("--rounds <rounds>", "seconds of latency measurement for each way", Number, 20)
  .parse()
  .opts<Options>();

async function main(folder: string): Promise<void> {
  const { node } = debianImages(process.arch);
  const image = proxiesImage();
  await ensureImages([node, image], terminalReport);
  await bundlePrograms(folder);
  for (const peer of PEERS) await bundle(`bench/hop/peers/${peer}.ts`, join(folder, `${peer}.mjs`));
  const backends = await startBackends(folder, PORTS);
  try {
    const start = { folder, proxies: image.reference, node: node.reference };
    const figures = await measure(start);
    console.log(report(figures));
    const results = join(import.meta.dirname, "../results");
    await mkdir(results, { recursive: true });
    await writeFile(join(results, "hop.json"), JSON.stringify(figures, null, 2));
  } finally {
    await backends.end();
  }
}

async function measure(start: Omit<ProxyOptions, "ports">): Promise<Figures[]> {
  const direct: Hop = { name: "direct", port: PORTS.fast };
  const proxies: Required<Hop>[] = [];
  try {
    for (const [index, name] of PROXY_NAMES.entries()) {
      const ports = { ...PORTS, front: PORTS.front + 10 * index };
      proxies.push((await startProxy(name, { ...start, ports })) as Required<Hop>);
    }
    const memories = new Map<string, Memory>();
    for (const proxy of proxies.filter(readsPaths)) {
      memories.set(proxy.name, await measureMemory(proxy));
    }
    const ways = [direct, ...proxies];
    const throughputs: Throughput[] = [];
    for (const way of ways) throughputs.push(await measureThroughput(way, options.seconds));
    const latencies = await measureLatency(ways, options.rounds);
    return ways.map(({ name }, index) => ({
      ...{ name, memory: memories.get(name) },
      ...{ throughput: throughputs[index], latency: latencies[index] },
    })) as Figures[];
  } finally {
    for (const { container } of proxies) await container.end();
  }
}

/** Bytes that are only passed on all go to one backend, and no event stream is among them. */
const readsPaths = ({ name }: Hop) => name !== "node-tcp";

const folder = await mkdtemp(join(tmpdir(), "bench-hop-"));
try {
  await main(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
