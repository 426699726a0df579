import assert from "node:assert/strict";
import http from "node:http";
import test, { type TestContext } from "node:test";
import { type Ending, NO_ACCOUNT } from "../../guard/account.ts";
import { OPEN_GATE } from "../../guard/gate.ts";
import type { Settings } from "../../guard/settings.ts";
import {
  backendAt,
  type CallOptions,
  closedPort,
  get,
  guardFor,
  Held,
  LIMIT,
  open,
  serve,
  serveRaw,
  until,
} from "./support.ts";

test("a request that one backend refuses goes to another, body and all", LIMIT, async (t) => {
  const backend = await serve(t, async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    response.end(`${request.method} ${bytes}`);
  });
  const dead = backendAt(await closedPort(), { name: "dead" });
  const guard = await guardFor(t, [dead, backendAt(backend.port)]);
  const options = { method: "POST", body: Buffer.alloc(300_000) };
  const bodies = await Promise.all(Array.from({ length: 4 }, () => get(guard.port, "/", options)));
  assert.deepEqual(new Set(bodies.map(({ body }) => body)), new Set(["POST 300000"]));
  assert.equal(await guard.metric('memory_guard_backend_up{backend="dead"}'), 0);
  assert.equal(await guard.metric('memory_guard_backend_up{backend="a"}'), 1);
  assert.equal(guard.active, 0);
});

test("when nobody takes it within the acquire timeout: 503, then at once", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(await closedPort())], { acquireTimeoutMs: 50 });
  const first = await get(guard.port, "/", { method: "POST", body: "x" });
  assert.equal(first.status, 503);
  assert.match(first.body, /"reason":"(backends_down|acquire_timeout)"/);
  const second = await get(guard.port);
  assert.equal(second.status, 503);
  assert.match(second.body, /"reason":"backends_down"/);
  assert.equal((await get(guard.adminPort, "/readyz")).status, 503);
  assert.equal(guard.active, 0);
});

test("requests are held while their backend is replaced, body and all", LIMIT, async (t) => {
  const port = await closedPort();
  const guard = await guardFor(t, [backendAt(port)]);
  const replies = ["/1", "/2"].map((path) => get(guard.port, path, { method: "PUT", body: path }));
  const depth = () => guard.metric('memory_guard_queue_depth{paths="/"}');
  await until("both wait", async () => (await depth()) === 2);
  const server = http.createServer((request, response) => request.pipe(response));
  server.listen(port, "127.0.0.1");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  assert.deepEqual(
    (await Promise.all(replies)).map(({ body }) => body),
    ["/1", "/2"],
  );
  assert.equal(await guard.metric('memory_guard_backend_up{backend="a"}'), 1);
  assert.equal((await get(guard.adminPort, "/readyz")).status, 200);
});

test("two refusals are enough: no third backend is tried", LIMIT, async (t) => {
  let reached = 0;
  const backend = await serve(t, (_request, response) => {
    reached += 1;
    response.end();
  });
  const [first, second] = [await closedPort(), await closedPort()];
  const guard = await guardFor(t, [
    backendAt(first, { name: "dead-1" }),
    backendAt(second, { name: "dead-2" }),
    backendAt(backend.port),
  ]);
  assert.equal((await get(guard.port)).status, 502);
  assert.equal(reached, 0);
});

/** Breaks off the first `times` requests before their answer, and answers the rest. */
async function breaking(t: TestContext, times: number, seen: string[]): Promise<number> {
  const { port } = await serve(t, (request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (seen.length <= times) request.socket.destroy();
    else response.end("fine");
  });
  return port;
}

test("a GET that a backend breaks off before its answer is sent once more", LIMIT, async (t) => {
  const seen: string[] = [];
  const guard = await guardFor(t, [backendAt(await breaking(t, 1, seen))]);
  assert.equal((await get(guard.port, "/x")).body, "fine");
  assert.deepEqual(seen, ["GET /x", "GET /x"]);
  await until("the permit is back", () => guard.active === 0);
});

test("and not a third time: 502", LIMIT, async (t) => {
  const seen: string[] = [];
  const guard = await guardFor(t, [backendAt(await breaking(t, 9, seen))]);
  const { status, body } = await get(guard.port);
  assert.equal(status, 502);
  assert.equal(body, '{"error":"bad_gateway","reason":"backend_failed"}');
  assert.equal(seen.length, 2);
  assert.equal(guard.active, 0);
});

const SENT_ONCE: [name: string, options: CallOptions, more: Partial<Settings>][] = [
  ["a POST", { method: "POST" }, {}],
  ["a DELETE", { method: "DELETE" }, {}],
  ["a GET with a body", { body: "x", headers: { "Content-Length": 1 } }, {}],
  ["a GET without retries", {}, { maxRetries: 0 }],
];
for (const [name, options, more] of SENT_ONCE) {
  test(`${name} is not sent again`, LIMIT, async (t) => {
    const seen: string[] = [];
    const guard = await guardFor(t, [backendAt(await breaking(t, 9, seen))], more);
    assert.equal((await get(guard.port, "/", options)).status, 502);
    assert.equal(seen.length, 1);
    assert.equal(guard.active, 0);
  });
}

test("an answered request is never sent again, nor does a 503 of the backend", LIMIT, async (t) => {
  let requests = 0;
  const backend = await serve(t, (_request, response) => {
    requests += 1;
    response.writeHead(503).end();
  });
  const guard = await guardFor(t, [backendAt(backend.port)]);
  assert.equal((await get(guard.port)).status, 503);
  assert.equal(requests, 1);
});

test("after five failures in a row a backend is left alone; the other serves", LIMIT, async (t) => {
  const bad = await serve(t, (_request, response) => response.writeHead(502).end());
  const good = await serve(t, (_request, response) => response.end("good"));
  const guard = await guardFor(t, [
    backendAt(bad.port, { name: "bad" }),
    backendAt(good.port, { name: "good" }),
  ]);
  const statuses: number[] = [];
  for (let index = 0; index < 20; index += 1) statuses.push((await get(guard.port)).status);
  assert.equal(statuses.filter((status) => status === 502).length, 5);
  assert.deepEqual(statuses.slice(-9), Array(9).fill(200));
});

test("a breaker closes again after three good probes", LIMIT, async (t) => {
  let status = 504;
  const backend = await serve(t, (_request, response) => response.writeHead(status).end());
  const guard = await guardFor(t, [backendAt(backend.port)], { breakerResetMs: 100 });
  for (let index = 0; index < 5; index += 1) assert.equal((await get(guard.port)).status, 504);
  assert.equal((await get(guard.port)).status, 503);
  status = 200;
  await until("a probe is let through", async () => (await get(guard.port)).status === 200);
  const state = () => guard.guard.backends[0]?.health.breakerState(performance.now());
  await until("it is closed", async () => {
    await get(guard.port);
    return state() === "closed";
  });
});

test("4xx, 500 and clients that leave open no breaker", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, (request, response) => {
    if (request.url === "/held") held.handler(request, response);
    else response.writeHead(Number(request.url?.slice(1))).end();
  });
  const guard = await guardFor(t, [backendAt(backend.port)], { breakerFailures: 1 });
  for (const status of [400, 404, 429, 500, 503]) {
    assert.equal((await get(guard.port, `/${status}`)).status, status);
  }
  const leaver = open(guard.port, "/held");
  await held.arrived(1);
  leaver.destroy();
  await until("it has left", () => guard.active === 0);
  assert.equal(guard.guard.backends[0]?.health.breakerState(performance.now()), "closed");
});

test("a backend that gives nobody a first byte is left alone", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port)], {
    breakerFailures: 2,
    breakerTimeoutMs: 100,
  });
  const slow = [get(guard.port), get(guard.port)];
  await held.arrived(2);
  const state = () => guard.guard.backends[0]?.health.breakerState(performance.now());
  await until("it is open", () => state() === "open");
  held.answerAll();
  assert.deepEqual(
    (await Promise.all(slow)).map(({ status }) => status),
    [200, 200],
  );
});

/** Answers the first request of a connection, and closes it in the moment when the second one comes. */
async function closingBackend(t: Parameters<typeof serveRaw>[0], seen: string[]): Promise<number> {
  return serveRaw(t, (socket) => {
    socket.once("data", (first) => {
      seen.push(String(first).slice(0, 6));
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      socket.once("data", () => socket.destroy());
    });
  });
}

test("a GET that hits a closing idle connection is sent once more", LIMIT, async (t) => {
  const seen: string[] = [];
  const guard = await guardFor(t, [backendAt(await closingBackend(t, seen))]);
  assert.equal((await get(guard.port, "/1")).body, "ok");
  assert.equal((await get(guard.port, "/2")).body, "ok");
  assert.deepEqual(seen, ["GET /1", "GET /2"]);
});

test("a POST that hits a closing idle connection is not", LIMIT, async (t) => {
  const seen: string[] = [];
  const guard = await guardFor(t, [backendAt(await closingBackend(t, seen))]);
  assert.equal((await get(guard.port, "/1")).body, "ok");
  assert.equal((await get(guard.port, "/2", { method: "POST" })).status, 502);
  assert.deepEqual(seen, ["GET /1"]);
  assert.equal(guard.active, 0);
});

test("connections to a backend are used again", LIMIT, async (t) => {
  const ports = new Set<number | undefined>();
  const backend = await serve(t, (request, response) => {
    ports.add(request.socket.remotePort);
    response.end("x");
  });
  const guard = await guardFor(t, [backendAt(backend.port)]);
  for (let index = 0; index < 5; index += 1) await get(guard.port);
  assert.equal(ports.size, 1);
});

/** What the backend's account is told of the requests that were let in, in the order of their ends. */
function endingsOf({ guard }: Awaited<ReturnType<typeof guardFor>>): Ending[] {
  const endings: Ending[] = [];
  const [backend] = guard.backends;
  assert.ok(backend);
  const ended = (ending: Ending) => endings.push(ending);
  backend.gate = { ...OPEN_GATE, admit: () => ({ ...NO_ACCOUNT, ended }) };
  return endings;
}

test("the account learns of an answer and of an error", LIMIT, async (t) => {
  const { port } = await serve(t, (request, response) => {
    response.statusCode = request.url === "/error" ? 404 : 200;
    response.end("x");
  });
  const guard = await guardFor(t, [backendAt(port)]);
  const endings = endingsOf(guard);
  await get(guard.port, "/");
  await get(guard.port, "/error");
  await until("both are over", () => endings.length === 2);
  assert.deepEqual(endings, ["completed", "error"]);
});

test("a client that leaves is no answer: the backend may work on", LIMIT, async (t) => {
  const held = new Held();
  const guard = await guardFor(t, [backendAt((await serve(t, held.handler)).port)]);
  const endings = endingsOf(guard);
  const request = open(guard.port);
  await held.arrived(1);
  request.destroy();
  await until("it is over", () => endings.length === 1);
  assert.deepEqual(endings, ["abandoned"]);
});

test("a backend that breaks off in its answer has failed", LIMIT, async (t) => {
  const { port } = await serve(t, (_request, response) => {
    response.writeHead(200, { "Content-Length": 10 });
    response.write("x", () => response.socket?.resetAndDestroy());
  });
  const guard = await guardFor(t, [backendAt(port)]);
  const endings = endingsOf(guard);
  open(guard.port);
  await until("it is over", () => endings.length === 1);
  assert.deepEqual(endings, ["failed"]);
});

test("a result that is cut for its size is no answer", LIMIT, async (t) => {
  const { port } = await serve(t, (_request, response) => response.end("x".repeat(1_000)));
  const guard = await guardFor(t, [backendAt(port)], { maxResultBytes: 10 });
  const endings = endingsOf(guard);
  assert.equal((await get(guard.port)).status, 413);
  await until("it is over", () => endings.length === 1);
  assert.deepEqual(endings, ["abandoned"]);
});
