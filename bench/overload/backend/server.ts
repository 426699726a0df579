/**
 * The backend of the overload bench: runs in a container whose memory is limited. Light requests take a few milliseconds;
 * heavy ones fill and hold memory outside V8's heap. What a request really does stands in `x-bench-*` headers, which no arm
 * looks at; what it says of itself stands in the query.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Worker } from "node:worker_threads";
import type { Task } from "./heavy-thread.ts";

const FILL_SHARE = 0.8;
const STREAM_EVENT_MS = 100;
const BODY = Buffer.alloc(2048, "x");

const thread = new Worker(new URL("./heavy-thread.mjs", import.meta.url));
const ends = new Map<number, () => void>();
let tasks = 0;
thread.on("message", (id: number) => {
  ends.get(id)?.();
  ends.delete(id);
});

const number = (request: IncomingMessage, name: string) => Number(request.headers[name] ?? 0);
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function work(task: Omit<Task, "id">): Promise<void> {
  const id = tasks++;
  thread.postMessage({ id, ...task });
  return new Promise((resolve) => ends.set(id, resolve));
}

async function answerLight(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await pause(number(request, "x-bench-ms"));
  response.end(BODY);
}

/** Works on after its client has left, as most exports do. */
async function answerHeavy(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = number(request, "x-bench-bytes");
  const fillMs = number(request, "x-bench-ms") * FILL_SHARE;
  await work({ bytes, fillMs, holdMs: number(request, "x-bench-ms") - fillMs, foreign: false });
  response.end(BODY);
}

async function answerStream(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [bytes, holdMs] = [number(request, "x-bench-bytes"), number(request, "x-bench-ms")];
  response.writeHead(200, { "content-type": "text/event-stream" });
  const timer = setInterval(() => response.write("data: .\n\n"), STREAM_EVENT_MS);
  await work({ bytes, fillMs: 0, holdMs, foreign: false });
  clearInterval(timer);
  response.end("data: end\n\n");
}

/** Memory that belongs to no request: a leak, a job. */
async function setForeign(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = number(request, "x-bench-bytes");
  await work({ bytes, fillMs: 0, holdMs: 0, foreign: true });
  response.end();
}

const ROUTES: Record<
  string,
  (request: IncomingMessage, response: ServerResponse) => Promise<void>
> = {
  "/light": answerLight,
  "/heavy": answerHeavy,
  "/stream": answerStream,
  "/foreign": setForeign,
};

const server = createServer((request, response) => {
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  const route = ROUTES[path];
  if (route) return void route(request, response);
  response.statusCode = path === "/healthz" ? 200 : 404;
  response.end();
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env["PORT"]), "127.0.0.1");
