import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Ask } from "../../guard/ask.ts";
import type { BackendSettings } from "../../guard/backend-settings.ts";
import { type Guard, startGuard } from "../../guard/guard.ts";
import { NO_CONFIG } from "../../guard/guard-config.ts";
import { INTEGER_ENTRIES, type IntegerSettings } from "../../guard/integer-settings.ts";
import { Log } from "../../guard/log.ts";
import type { Settings } from "../../guard/settings.ts";

/** No test of the guard takes longer. */
export const LIMIT = { timeout: 30_000 };
/** But for those that do ten thousand things on a busy machine. */
export const LONG_LIMIT = { timeout: 180_000 };
const HOST = "127.0.0.1";
const UNTIL_MS = 15_000;
/** The numbers that the guard has when it is told none. */
export const DEFAULTS = Object.fromEntries(
  INTEGER_ENTRIES.map(([key, rule]) => [key, rule.default]),
) as IntegerSettings;

export const SETTINGS: Settings = {
  listen: { host: HOST, port: 0 },
  adminListen: { host: HOST, port: 0 },
  backends: [],
  ...DEFAULTS,
  queueRequests: 16,
  readTimeoutMs: 60_000,
  drainTimeoutMs: 1_000,
  streamDrainTimeoutMs: 1_000,
  // The machine that runs the tests may have little memory left.
  estimatedMb: 1,
  warningPercent: 97,
  maxPercent: 98,
  criticalPercent: 99,
  observe: false,
  configPath: undefined,
  costFile: undefined,
  config: NO_CONFIG,
  enabled: true,
  logLevel: "debug",
};

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** Waits for something that will become true; throws when it does not. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  boundMs = UNTIL_MS,
): Promise<void> {
  const end = performance.now() + boundMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`never came true: ${what}`);
    await delay(5);
  }
}

/** An HTTP server on a port of its own, gone after the test. */
export async function serve(t: TestContext, handler: http.RequestListener): Promise<TestServer> {
  const server = http.createServer(handler);
  await listen(server);
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, port: portOf(server) };
}

export interface TestServer {
  readonly server: http.Server;
  readonly port: number;
}

/** A TCP server whose connections the test writes to by hand. */
export async function serveRaw(
  t: TestContext,
  accept: (socket: net.Socket) => void,
): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    accept(socket);
  });
  await listen(server);
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return portOf(server);
}

/** A port that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = net.createServer();
  await listen(server);
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

async function listen(server: net.Server): Promise<void> {
  server.listen(0, HOST);
  await once(server, "listening");
}

function portOf(server: net.Server): number {
  return (server.address() as net.AddressInfo).port;
}

export function backendAt(port: number, more: Partial<BackendSettings> = {}): BackendSettings {
  return {
    name: "a",
    host: HOST,
    port,
    paths: ["/"],
    concurrency: 4,
    streams: 4,
    cgroup: undefined,
    limitBytes: undefined,
    ...more,
  };
}

export function askOf(more: Partial<Ask> = {}): Ask {
  return {
    stream: false,
    route: { name: "GET /", settings: undefined, size: undefined },
    cost: { meanBytes: 0, spreadBytes: 0 },
    criticality: "normal",
    client: "a",
    deadlineMs: Number.POSITIVE_INFINITY,
    ...more,
  };
}

/** A guard in this process, gone after the test. */
export class TestGuard {
  readonly guard: Guard;
  readonly lines: string[];

  constructor(guard: Guard, lines: string[]) {
    this.guard = guard;
    this.lines = lines;
  }

  get port(): number {
    return this.guard.address.port;
  }

  get adminPort(): number {
    return this.guard.adminAddress.port;
  }

  get active(): number {
    return this.guard.backends.reduce((sum, { permits }) => sum + permits.active, 0);
  }

  get streams(): number {
    return this.guard.backends.reduce((sum, { permits }) => sum + permits.streams, 0);
  }

  /** The value of one sample, named as it is printed: `name{label="value"}`. */
  async metric(sample: string): Promise<number> {
    const { body } = await get(this.adminPort, "/metrics");
    const line = body.split("\n").find((each) => each.startsWith(`${sample} `));
    if (line === undefined) throw new Error(`no sample ${sample} in\n${body}`);
    return Number(line.slice(sample.length + 1));
  }
}

export function settingsOf(
  backends: readonly BackendSettings[],
  more: Partial<Settings> = {},
): Settings {
  return { ...SETTINGS, backends, ...more };
}

export async function guardFor(
  t: TestContext,
  backends: readonly BackendSettings[],
  more: Partial<Settings> = {},
): Promise<TestGuard> {
  const lines: string[] = [];
  const log = new Log("debug", (line) => lines.push(line));
  const guard = await startGuard(settingsOf(backends, more), log);
  t.after(() => guard.drain(0));
  return new TestGuard(guard, lines);
}

export interface CallOptions extends http.RequestOptions {
  readonly body?: string | Buffer;
}

/** Starts a request on a connection of its own; errors of a request that is cut on purpose are dropped. */
export function open(port: number, path = "/", options: CallOptions = {}): http.ClientRequest {
  const { body, ...rest } = options;
  const request = http.request({ host: HOST, port, path, agent: false, ...rest });
  request.on("error", () => {});
  request.end(body);
  return request;
}

/** When a request is over, however it ended. */
export function closeOf(request: http.ClientRequest): Promise<void> {
  return new Promise((resolve) => request.once("close", () => resolve()));
}

/** The response's head; its body is still to come. */
export async function responseOf(request: http.ClientRequest): Promise<http.IncomingMessage> {
  const failed = closeOf(request).then(() => {
    throw new Error("the connection closed without a response");
  });
  failed.catch(() => {});
  const [response] = await Promise.race([once(request, "response"), failed]);
  return response;
}

export async function get(port: number, path = "/", options: CallOptions = {}): Promise<Reply> {
  return replyOf(await responseOf(open(port, path, options)));
}

export async function replyOf(response: http.IncomingMessage): Promise<Reply> {
  let body = "";
  response.setEncoding("utf8");
  for await (const chunk of response) body += chunk;
  const { statusCode = 0, headers, rawHeaders } = response;
  return { status: statusCode, headers, rawHeaders, body };
}

/** Sends bytes and returns all that comes back until the other side closes. */
export async function sendRaw(port: number, text: string): Promise<string> {
  const socket = net.connect(port, HOST);
  socket.on("error", () => {});
  socket.setTimeout(UNTIL_MS, () => socket.destroy());
  socket.write(text, "latin1");
  return readAll(socket);
}

export async function readAll(socket: net.Socket): Promise<string> {
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk) => {
    text += chunk;
  });
  await once(socket, "close");
  return text;
}

/** Requests that a test answers when it wants to. */
export class Held {
  readonly responses: http.ServerResponse[] = [];

  readonly handler: http.RequestListener = (request, response) => {
    request.resume();
    this.responses.push(response);
  };

  get count(): number {
    return this.responses.length;
  }

  async arrived(count: number): Promise<void> {
    await until(`${count} requests at the backend`, () => this.count >= count);
  }

  answer(index: number, body = "done"): void {
    this.responses[index]?.end(body);
  }

  answerAll(): void {
    for (const response of this.responses) response.end("done");
  }
}
