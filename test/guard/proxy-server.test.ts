import assert from "node:assert/strict";
import { once } from "node:events";
import type http from "node:http";
import net from "node:net";
import test, { type TestContext } from "node:test";
import {
  backendAt,
  closeOf,
  get,
  guardFor,
  Held,
  LIMIT,
  open,
  replyOf,
  responseOf,
  sendRaw,
  serve,
  type TestGuard,
  until,
} from "./support.ts";

const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
test("what is refused gets JSON, and its connection is closed", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(1)]);
  const answer = await sendRaw(guard.port, `GET / HTTP/1.1\r\n\r\n${SMUGGLED}`);
  assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(answer, /\r\nConnection: close\r\n/);
  assert.ok(answer.endsWith('\r\n\r\n{"error":"bad_request","reason":"host_missing"}'), answer);
});

test("a malformed chunk ends the exchange: nothing behind it is served", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const raw = `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n${SMUGGLED}`;
  const answer = await sendRaw(guard.port, raw);
  assert.equal(answer, "");
  await until("the permit is back", () => guard.active === 0);
  assert.ok(held.count <= 1);
});

test("an unroutable path is 404", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(1, { paths: ["/api"] })]);
  const { status, body } = await get(guard.port, "/other");
  assert.equal(status, 404);
  assert.equal(body, '{"error":"not_found","reason":"no_backend_for_path"}');
});

test("connections beyond the bound are dropped and counted", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(1, { concurrency: 1, streams: 0 })], {
    queueRequests: 0,
  });
  const sockets = Array.from({ length: 258 }, () => net.connect(guard.port, "127.0.0.1"));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (const socket of sockets) socket.on("error", () => {});
  await until("a drop is counted", async () => {
    return (await guard.metric("memory_guard_dropped_connections_total")) === 1;
  });
});

test(
  "in a drain the request at work ends whole, and the next connection is refused",
  LIMIT,
  async (t) => {
    const held = new Held();
    const backend = await serve(t, held.handler);
    const guard = await guardFor(t, [backendAt(backend.port)]);
    const request = open(guard.port);
    const answered = responseOf(request);
    await held.arrived(1);
    const drained = guard.guard.drain(20_000);
    const late = open(guard.port);
    const [error] = await once(late, "error");
    assert.equal(error.code, "ECONNREFUSED");
    held.answer(0, "whole");
    const { headers, body } = await replyOf(await answered);
    assert.equal(body, "whole");
    assert.equal(headers.connection, "close");
    assert.equal(await drained, 0);
  },
);

test("what is still at work at the drain timeout is cut", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const request = open(guard.port);
  await held.arrived(1);
  const closed = closeOf(request);
  assert.equal(await guard.guard.drain(10), 1);
  await closed;
  await until("the permit is back", () => guard.active === 0);
});

async function streaming(t: TestContext): Promise<[http.ServerResponse[], TestGuard]> {
  const streams: http.ServerResponse[] = [];
  const backend = await serve(t, (request, response) => {
    if (request.url === "/request") return;
    response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: 1\n\n");
    streams.push(response);
  });
  return [streams, await guardFor(t, [backendAt(backend.port)])];
}

test("in a drain a stream outlives the requests' deadline and ends by itself", LIMIT, async (t) => {
  const [streams, guard] = await streaming(t);
  const response = await responseOf(open(guard.port));
  const request = open(guard.port, "/request");
  await until("both are at work", () => guard.active === 1 && guard.streams === 1);
  const cut = closeOf(request);
  const drained = guard.guard.drain(10, 2 * LIMIT.timeout);
  await cut;
  const rest = replyOf(response);
  streams[0]?.end("data: 2\n\n");
  assert.equal((await rest).body, "data: 1\n\ndata: 2\n\n");
  assert.equal(await drained, 1);
});

test("a stream that outlives its own deadline is cut", LIMIT, async (t) => {
  const [, guard] = await streaming(t);
  const request = open(guard.port);
  await responseOf(request);
  const cut = closeOf(request);
  assert.equal(await guard.guard.drain(0, 20), 1);
  await cut;
  await until("its place is back", () => guard.streams === 0);
});
