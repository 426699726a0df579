/**
 * The backend of the overload bench: runs in a container whose memory is limited. Light requests take a few milliseconds;
 * heavy ones fill and hold memory outside V8's heap. What a request really does stands in `x-bench-*` headers, which no arm
 * looks at; what it says of itself stands in the query.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Ballast } from "./ballast.ts";

const FILL_SHARE = 0.8;
const STREAM_EVENT_MS = 100;
const BODY = Buffer.alloc(2048, "x");

const foreign = new Ballast();

const number = (request: IncomingMessage, name: string) => Number(request.headers[name] ?? 0);
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function answerLight(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await pause(number(request, "x-bench-ms"));
  response.end(BODY);
}

/** Works on after its client has left, as most exports do. */
async function answerHeavy(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = number(request, "x-bench-bytes");
  const durationMs = number(request, "x-bench-ms");
  const begin = performance.now();
  const ballast = new Ballast();
  await ballast.fill(bytes, durationMs * FILL_SHARE);
  await pause(durationMs - (performance.now() - begin));
  ballast.free();
  if (request.headers["x-bench-report"] === "1") {
    response.setHeader("server-timing", `mem;dur=${(bytes / 2 ** 20).toFixed(2)}`);
  }
  response.end(BODY);
}

async function answerStream(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const ballast = new Ballast();
  response.writeHead(200, { "content-type": "text/event-stream" });
  await ballast.fill(number(request, "x-bench-bytes"), 0);
  const events = Math.round(number(request, "x-bench-ms") / STREAM_EVENT_MS);
  for (let event = 0; event < events && !response.destroyed; event++) {
    response.write(`data: ${event}\n\n`);
    await pause(STREAM_EVENT_MS);
  }
  ballast.free();
  response.end("data: end\n\n");
}

/** Memory that belongs to no request: a leak, a job. */
async function setForeign(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await foreign.resize(number(request, "x-bench-bytes"));
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
