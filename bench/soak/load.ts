import http from "node:http";
import net from "node:net";
import { Random } from "../random.ts";

export interface SoakOrder {
  readonly port: number;
  readonly requests: number;
  /** Clients at once. */
  readonly clients: number;
  readonly seed: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
  /** Called after each request with how many are done. */
  readonly onDone?: (done: number) => void;
}

/** How requests ended, as their clients saw it. */
export type SoakTotals = Record<string, number>;

interface Visit {
  readonly order: SoakOrder;
  readonly agent: http.Agent;
  readonly random: Random;
}

type Client = (visit: Visit) => Promise<string>;

/** Kinds of requests and their shares of a hundred. */
const MIX: readonly (readonly [share: number, client: Client])[] = [
  [52, (visit) => call(visit, "/answer")],
  [
    8,
    (visit) =>
      call(visit, "/echo", { method: "POST", body: "x".repeat(9_000 * visit.random.uniform()) }),
  ],
  [4, (visit) => call(visit, "/large")],
  [3, (visit) => call(visit, "/late")],
  [
    3,
    (visit) =>
      call(visit, "/early", { method: "POST", body: "x".repeat(90_000 * visit.random.uniform()) }),
  ],
  [8, (visit) => call(visit, "/late", { leaveMs: 25 * visit.random.uniform() })],
  [4, (visit) => call(visit, "/events", { leaveMs: 30 * visit.random.uniform() })],
  [
    3,
    (visit) => call(visit, "/large", { readsSlowly: true, leaveMs: 20 * visit.random.uniform() }),
  ],
  [
    1,
    (visit) => call(visit, "/endless", { readsSlowly: true, leaveMs: 40 * visit.random.uniform() }),
  ],
  [4, (visit) => call(visit, "/reset")],
  [3, (visit) => call(visit, "/broken")],
  [2, (visit) => call(visit, "/garbage")],
  [2, (visit) => raw(visit, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")],
  [1, (visit) => raw(visit, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", 5)],
  [
    2,
    (visit) =>
      raw(visit, "GET /late HTTP/1.1\r\nHost: a\r\n\r\n".repeat(4), 30 * visit.random.uniform()),
  ],
];

/** Sends requests of all kinds, and leaves none behind. */
export async function soak(order: SoakOrder): Promise<SoakTotals> {
  const random = new Random(order.seed);
  const agent = new http.Agent({ keepAlive: true, maxSockets: order.clients });
  const totals: SoakTotals = {};
  let begun = 0;
  let done = 0;
  const client = async () => {
    while (begun < order.requests && !order.signal?.aborted) {
      begun += 1;
      const end = await pick(random)({ order, agent, random });
      totals[end] = (totals[end] ?? 0) + 1;
      done += 1;
      order.onDone?.(done);
    }
  };
  await Promise.all(Array.from({ length: order.clients }, client));
  agent.destroy();
  return totals;
}

function pick(random: Random): Client {
  let rest = 100 * random.uniform();
  for (const [share, client] of MIX) {
    rest -= share;
    if (rest < 0) return client;
  }
  throw new Error("the shares of the mix are less than a hundred");
}

interface Manner {
  readonly method?: string;
  readonly body?: string;
  /** When the client leaves, whatever it has got by then. */
  readonly leaveMs?: number;
  readonly readsSlowly?: boolean;
}

function call({ order, agent }: Visit, path: string, manner: Manner = {}): Promise<string> {
  const { method = "GET", body, leaveMs, readsSlowly } = manner;
  return new Promise((resolve) => {
    const request = http.request({ port: order.port, host: "127.0.0.1", path, method, agent });
    let end = "no answer";
    const timer = leaveMs === undefined ? undefined : setTimeout(() => request.destroy(), leaveMs);
    request.once("response", (response) => {
      end = String(response.statusCode);
      response.once("error", () => {
        end = leaveMs === undefined ? "cut" : "left";
      });
      if (!readsSlowly) response.resume();
    });
    request.on("error", () => {});
    request.once("close", () => {
      clearTimeout(timer);
      resolve(end);
    });
    request.end(body);
  });
}

/** @param leaveMs how long the client stays; without it, until the guard closes. */
function raw({ order }: Visit, bytes: string, leaveMs?: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(order.port, "127.0.0.1");
    const timer = leaveMs === undefined ? undefined : setTimeout(() => socket.destroy(), leaveMs);
    socket.on("error", () => {});
    socket.resume();
    socket.once("close", () => {
      clearTimeout(timer);
      resolve("raw");
    });
    socket.write(bytes);
  });
}
