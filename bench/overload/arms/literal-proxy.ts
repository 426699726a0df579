/**
 * A memory guard as its rules are usually written down: look at memory every 5 seconds, allow 10 requests at once, a quarter
 * less above 70 %, half above 80 %, none above 85 %; who gets no place within 10 seconds is refused.
 * Arguments: the backend's port, its own, the backend's cgroup.
 */
import { readdirSync, readFileSync } from "node:fs";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";

const LOOK_EVERY_MS = 5000;
const ACQUIRE_MS = 10_000;
const BASE = 10;
const BANDS = [
  { abovePercent: 85, permits: () => 0 },
  { abovePercent: 80, permits: () => BASE * 0.5 },
  { abovePercent: 70, permits: () => Math.floor(BASE * 0.75) },
  { abovePercent: 60, permits: (current: number) => current },
  { abovePercent: 0, permits: () => BASE },
];

const [backendPort, ownPort, cgroup = ""] = process.argv.slice(2);
const waiting: (() => void)[] = [];
let permits = BASE;
let active = 0;

/** Of the container below the cgroup, without the page cache that can go. */
function memoryPercent(): number {
  const parent = `/sys/fs/cgroup/memory${cgroup}`;
  const [container] = readdirSync(parent).filter((name) => name.length === 64);
  if (container === undefined) return 0;
  const read = (file: string) => readFileSync(`${parent}/${container}/${file}`, "utf8");
  const cache = Number(/total_inactive_file (\d+)/.exec(read("memory.stat"))?.[1] ?? 0);
  const used = Number(read("memory.usage_in_bytes")) - cache;
  return (used / Number(read("memory.limit_in_bytes"))) * 100;
}

function look(): void {
  const percent = memoryPercent();
  const band = BANDS.find(({ abovePercent }) => percent >= abovePercent);
  permits = band?.permits(permits) ?? BASE;
  serve();
}

function serve(): void {
  while (active < permits && waiting.length > 0) waiting.shift()?.();
}

function forward(request: IncomingMessage, response: ServerResponse): void {
  active++;
  const upstream = httpRequest({ port: backendPort, path: request.url, headers: request.headers });
  upstream.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  upstream.on("error", () => {
    if (!response.headersSent) response.writeHead(502);
    response.end();
  });
  response.once("close", () => {
    upstream.destroy();
    active--;
    serve();
  });
  request.pipe(upstream);
}

function refuse(response: ServerResponse, reason: string): void {
  response.writeHead(503, { "content-type": "text/plain" });
  response.end(reason);
}

createServer((request, response) => {
  if (request.url === "/healthz") return void response.end();
  if (permits === 0) return refuse(response, "critical");
  const begin = () => {
    clearTimeout(timer);
    forward(request, response);
  };
  const leave = (reason: string) => {
    const at = waiting.indexOf(begin);
    if (at < 0) return;
    waiting.splice(at, 1);
    refuse(response, reason);
  };
  const timer = setTimeout(() => leave("acquire_timeout"), ACQUIRE_MS);
  response.once("close", () => leave("gone"));
  waiting.push(begin);
  serve();
}).listen(Number(ownPort), "127.0.0.1");
setInterval(look, LOOK_EVERY_MS);
