import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type net from "node:net";
import test from "node:test";
import {
  backendAt,
  closedPort,
  get,
  guardFor,
  LIMIT,
  open,
  responseOf,
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

test("when nobody takes it: first 502, then 503 at once without trying", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(await closedPort())]);
  const first = await get(guard.port, "/", { method: "POST", body: "x" });
  assert.equal(first.status, 502);
  assert.equal(first.body, '{"error":"bad_gateway","reason":"connect_failed"}');
  const second = await get(guard.port);
  assert.equal(second.status, 503);
  assert.equal(JSON.parse(second.body).reason, "backends_down");
  assert.equal((await get(guard.adminPort, "/readyz")).status, 503);
  assert.equal(guard.active, 0);
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

test("a backend that comes back is used again", LIMIT, async (t) => {
  const port = await closedPort();
  const guard = await guardFor(t, [backendAt(port)]);
  assert.equal((await get(guard.port)).status, 502);
  const server = http.createServer((_request, response) => response.end("back"));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await until("it answers", async () => (await get(guard.port)).body === "back");
  assert.equal(await guard.metric('memory_guard_backend_up{backend="a"}'), 1);
  assert.equal((await get(guard.adminPort, "/readyz")).status, 200);
});

test(
  "a backend that breaks off before its answer is 502, and the request is not repeated",
  LIMIT,
  async (t) => {
    let requests = 0;
    const backend = await serve(t, (request) => {
      requests += 1;
      request.socket.destroy();
    });
    const guard = await guardFor(t, [
      backendAt(backend.port),
      backendAt(backend.port, { name: "b" }),
    ]);
    const { status, body } = await get(guard.port);
    assert.equal(status, 502);
    assert.equal(body, '{"error":"bad_gateway","reason":"backend_failed"}');
    assert.equal(requests, 1);
    assert.equal(guard.active, 0);
  },
);

const BROKEN_OFF: [name: string, head: string][] = [
  ["chunked", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
  ["with a length", "Content-Length: 500\r\n\r\nhello"],
];
for (const [name, rest] of BROKEN_OFF) {
  test(`an answer ${name} that breaks off looks broken off to the client`, LIMIT, async (t) => {
    const sockets: net.Socket[] = [];
    const port = await serveRaw(t, (socket) => {
      sockets.push(socket);
      socket.once("data", () => socket.write(`HTTP/1.1 200 OK\r\n${rest}`));
    });
    const guard = await guardFor(t, [backendAt(port)]);
    const response = await responseOf(open(guard.port));
    const [chunk] = await once(response, "data");
    assert.equal(String(chunk), "hello");
    sockets[0]?.destroy();
    const [error] = await once(response, "error");
    assert.equal(error.code, "ECONNRESET");
    assert.equal(response.complete, false);
    await until("the permit is back", () => guard.active === 0);
    assert.equal(await guard.metric('memory_guard_requests_total{outcome="failed"}'), 1);
  });
}

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
