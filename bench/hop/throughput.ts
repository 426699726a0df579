import { execa } from "execa";
import type { Hop } from "./proxies.ts";

const CONNECTIONS = 64;
const WARM_SECONDS = 2;

export interface Throughput {
  readonly requestsPerS: number;
  /** Of the proxy, its part of the kernel included; undefined without a proxy. */
  readonly cpuUsPerRequest: number;
  readonly errors: number;
}

/** As many requests as one thread of wrk gets through, on 64 connections that stay open. */
export async function measureThroughput(proxy: Hop, seconds: number): Promise<Throughput> {
  await wrk(proxy.port, WARM_SECONDS);
  const before = await proxy.container?.cpuMs();
  const { requests, elapsedS, errors } = await wrk(proxy.port, seconds);
  const after = await proxy.container?.cpuMs();
  const cpuMs = before === undefined || after === undefined ? Number.NaN : after - before;
  return { requestsPerS: requests / elapsedS, cpuUsPerRequest: (cpuMs * 1000) / requests, errors };
}

async function wrk(port: number, seconds: number) {
  const url = `http://127.0.0.1:${port}/`;
  const { stdout } = await execa("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, url]);
  const [, requests, elapsed, unit] = /(\d+) requests in ([\d.]+)(m?s)/.exec(stdout) ?? [];
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? "0";
  const elapsedS = Number(elapsed) / (unit === "ms" ? 1000 : 1);
  return { requests: Number(requests), elapsedS, errors: Number(failed) };
}
