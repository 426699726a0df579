/**
 * How evenly tokens arrive: the gap between two tokens at the app itself and through nginx and the guard.
 * Usage: node --import tsx bench/stream-gap.ts CONTAINER URL      (an environment must be up)
 * Prints a table, and the same as JSON to stdout's last line.
 */
import { cpus } from "node:os";
import { execa } from "execa";

const STREAMS = 10;
const QUESTION = "Tell me at length how a ship is loaded, and what the line on its hull is for.";
const APP_PORT = 3000;

interface Gaps {
  readonly name: string;
  readonly tokens: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

async function arrivals(url: string): Promise<number[]> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ stream: true, messages: [{ role: "user", content: QUESTION }] }),
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.ok || !response.body) throw new Error(`${url}: ${response.status}`);
  const times: number[] = [];
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    const events = decoder.decode(bytes, { stream: true }).match(/^data: \{/gm) ?? [];
    for (const _ of events) times.push(performance.now());
  }
  return times;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function measure(name: string, origin: string): Promise<Gaps> {
  const gaps: number[] = [];
  for (let stream = 0; stream < STREAMS; stream++) {
    const times = await arrivals(`${origin}/api/chat/completions`);
    gaps.push(...times.slice(1).map((time, at) => time - (times[at] as number)));
  }
  const sorted = gaps.sort((a, b) => a - b);
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    name,
    tokens: gaps.length + STREAMS,
    medianMs: round(quantile(sorted, 0.5)),
    p99Ms: round(quantile(sorted, 0.99)),
    maxMs: round(sorted.at(-1) ?? Number.NaN),
  };
}

const [container = "plimsoll-local-chat-1", url = "http://localhost:8080"] = process.argv.slice(2);
const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}";
const { stdout } = await execa("docker", ["inspect", "--format", format, container]);
const [address] = stdout.trim().split(" ");
const results = [
  await measure("at the app", `http://${address}:${APP_PORT}`),
  await measure("through nginx and guard", url.replace(/\/$/, "")),
];
const [direct, chain] = results as [Gaps, Gaps];
console.log(
  `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, ${STREAMS} streams each, one at a time`,
);
console.table(results);
console.log(
  `median gap: ${(chain.medianMs - direct.medianMs).toFixed(2)} ms more through the chain, ratio ${(chain.medianMs / direct.medianMs).toFixed(3)}`,
);
console.log(JSON.stringify({ results }));
