import { get, type IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import type { Container } from "./container.ts";
import type { Hop } from "./proxies.ts";

const SETTLE_MS = 3000;
const LOOK_EVERY_MS = 100;
const BUSY_SECONDS = 5;
/** Streams opened at once. */
const BATCH = 20;

export interface Memory {
  readonly idleBytes: number;
  /** The most with 80 busy connections beside 40 streams. */
  readonly busyBytes: number;
  /** With 1000 streams open and nothing else. */
  readonly streamsBytes: number;
}

/** The proxy must be new: the memory of one that has been busy is not its memory when idle. */
export async function measureMemory({ container, port }: Required<Hop>): Promise<Memory> {
  await pause(SETTLE_MS);
  const idleBytes = await container.memoryBytes();
  const few = await openStreams(port, 40);
  const busyBytes = await mostWhileBusy(container, port);
  for (const stream of few) stream.destroy();
  const many = await openStreams(port, 1000);
  await pause(SETTLE_MS);
  const streamsBytes = await container.memoryBytes();
  for (const stream of many) stream.destroy();
  return { idleBytes, busyBytes, streamsBytes };
}

async function mostWhileBusy(container: Container, port: number): Promise<number> {
  const load = execa("wrk", ["-t1", "-c80", `-d${BUSY_SECONDS}s`, `http://127.0.0.1:${port}/`]);
  let most = 0;
  const look = async () => {
    most = Math.max(most, await container.memoryBytes());
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  await load;
  clearInterval(timer);
  return most;
}

async function openStreams(port: number, count: number): Promise<IncomingMessage[]> {
  const streams: IncomingMessage[] = [];
  while (streams.length < count) {
    const batch = Array.from({ length: BATCH }, () => openStream(port));
    streams.push(...(await Promise.all(batch)));
  }
  return streams;
}

function openStream(port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get({ host: "127.0.0.1", port, path: "/stream", agent: false });
    request.once("error", reject);
    request.once("response", (response) => {
      if (response.statusCode !== 200) reject(new Error(`stream: ${response.statusCode}`));
      response.on("error", () => undefined);
      response.resume();
      resolve(response);
    });
  });
}
