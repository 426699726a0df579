/**
 * Event streams of five minutes through a reload, the replacement of another slot, and a drain: how many are cut, and
 * how much later their events arrive than on streams that go to the backend directly, at the same time.
 * Usage: node --import tsx bench/stream-hold.ts [SECONDS] [STREAMS]
 * Prints a table, and the same as JSON to stdout's last line.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { GuardProcess } from "./guard-process.ts";

const EVENT_EVERY_MS = 100;
const LAST = "data: last\n\n";

interface Arm {
  readonly name: string;
  readonly delaysMs: number[];
  whole: number;
  cut: number;
}

/** Streams that tell when each of their events was sent, and say which is the last. */
async function streamBackend(lastsMs: number): Promise<http.Server> {
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    const send = () => response.write(`data: ${performance.now()}\n\n`);
    const timer = setInterval(send, EVENT_EVERY_MS);
    const end = setTimeout(() => response.end(LAST), lastsMs);
    response.once("close", () => {
      clearInterval(timer);
      clearTimeout(end);
    });
  });
  return listening(server, 0);
}

async function listening(server: http.Server, port: number): Promise<http.Server> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function portOf(server: http.Server): number {
  return (server.address() as AddressInfo).port;
}

function watchStream(port: number, arm: Arm): Promise<void> {
  return new Promise((resolve) => {
    let tail = "";
    const request = http.get({ port, host: "127.0.0.1", agent: false }, (response) => {
      response.setEncoding("utf8").on("data", (text: string) => {
        const now = performance.now();
        tail = text;
        for (const [, sent] of text.matchAll(/^data: ([\d.]+)$/gm))
          arm.delaysMs.push(now - Number(sent));
      });
      response.on("error", () => {});
    });
    request.on("error", () => {});
    request.once("close", () => {
      if (tail.endsWith(LAST)) arm.whole += 1;
      else arm.cut += 1;
      resolve();
    });
  });
}

/** What happens to the guard while the streams go on. */
async function disturb(guard: GuardProcess, seconds: number): Promise<string[]> {
  const told: string[] = [];
  const step = (seconds * 1_000) / 5;
  await delay(step);
  writeConfig("30");
  guard.signal("SIGHUP");
  told.push("reload");
  await delay(step);
  const port = portOf(other);
  other.close();
  other.closeAllConnections();
  const held = get(guard.port, "/other");
  await delay(1_000);
  other = await listening(http.createServer(answer), port);
  told.push(`slot replaced, its request held: ${await held}`);
  await delay(step);
  guard.signal("SIGTERM");
  told.push("drain");
  return told;
}

function get(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    http
      .get({ port, host: "127.0.0.1", path, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
      .on("error", reject);
  });
}

const answer: http.RequestListener = (_request, response) => response.end("fine");

function writeConfig(concurrency: string): void {
  const streamPort = portOf(backend);
  const GUARD_BACKENDS = [
    `a=http://127.0.0.1:${streamPort};concurrency=${concurrency};streams=${streams}`,
    `b=http://127.0.0.1:${portOf(other)};path=/other`,
  ].join(",");
  writeFileSync(config, JSON.stringify({ environment: { GUARD_BACKENDS } }));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value =
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return Math.round(value * 100) / 100;
}

const [seconds = 300, streams = 100] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "stream-hold-"));
const config = join(folder, "guard.json");
const backend = await streamBackend(seconds * 1_000);
let other = await listening(http.createServer(answer), 0);
writeConfig(String(streams));
const guard = await GuardProcess.start({ GUARD_CONFIG: config });
const arms: Arm[] = ["direct", "through the guard"].map((name) => ({
  name,
  delaysMs: [],
  whole: 0,
  cut: 0,
}));
const [direct, guarded] = arms as [Arm, Arm];
const all = Array.from({ length: streams }, () => [
  watchStream(portOf(backend), direct),
  watchStream(guard.port, guarded),
]).flat();
const told = await disturb(guard, seconds);
await Promise.all(all);
const exitCode = await guard.stop();
for (const server of [backend, other]) {
  server.close();
  server.closeAllConnections();
}
rmSync(folder, { recursive: true });
const results = arms.map(({ name, delaysMs, whole, cut }) => ({
  name,
  events: delaysMs.length,
  whole,
  cut,
  medianMs: quantile(delaysMs, 0.5),
  p99Ms: quantile(delaysMs, 0.99),
}));
console.log(
  `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, ${streams} streams of ${seconds} s`,
);
console.log(`${told.join("; ")}; the guard ended with ${exitCode}`);
console.table(results);
const added = (results[1]?.p99Ms ?? 0) - (results[0]?.p99Ms ?? 0);
console.log(`added at p99: ${added.toFixed(2)} ms`);
console.log(JSON.stringify({ seconds, streams, told, exitCode, results }));
if (guarded.cut > 0) process.exitCode = 1;
