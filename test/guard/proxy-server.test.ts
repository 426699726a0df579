import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import test from "node:test";
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
  until,
} from "./support.ts";

const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
const REFUSED: [name: string, raw: string, reason: string][] = [
  [
    "length and chunked",
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "malformed",
  ],
  [
    "chunked and length",
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "malformed",
  ],
  [
    "two equal lengths",
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc${SMUGGLED}`,
    "malformed",
  ],
  [
    "two lengths",
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 3\r\n\r\nabc${SMUGGLED}`,
    "malformed",
  ],
  [
    "a list of lengths",
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc${SMUGGLED}`,
    "malformed",
  ],
  [
    "a negative length",
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc${SMUGGLED}`,
    "malformed",
  ],
  ["two Hosts", `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${SMUGGLED}`, "several_hosts"],
  ["no Host", `GET / HTTP/1.1\r\n\r\n${SMUGGLED}`, "host_missing"],
  [
    "gzip, chunked",
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "transfer_encoding_not_chunked",
  ],
  [
    "identity",
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n${SMUGGLED}`,
    "transfer_encoding_not_chunked",
  ],
  [
    "xchunked",
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n${SMUGGLED}`,
    "transfer_encoding_not_chunked",
  ],
  [
    "chunked twice",
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "malformed",
  ],
  [
    "chunked in HTTP/1.0",
    `POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "transfer_encoding_in_http_1_0",
  ],
  [
    "blank before colon",
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "malformed",
  ],
  [
    "a folded header",
    "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n Transfer-Encoding: chunked\r\n\r\n",
    "malformed",
  ],
  ["a control byte", "GET / HTTP/1.1\r\nHost: a\r\nX: a\u0001b\r\n\r\n", "malformed"],
  ["a bare CR", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rY: b\r\n\r\n", "malformed"],
  ["bare LFs", "GET / HTTP/1.1\nHost: a\n\n", "malformed"],
  [
    "absolute form",
    `GET http://other/ HTTP/1.1\r\nHost: a\r\n\r\n${SMUGGLED}`,
    "target_not_origin_form",
  ],
  ["asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "target_not_origin_form"],
  ["a fragment", "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", "target_not_origin_form"],
  ["CONNECT", "CONNECT other:443 HTTP/1.1\r\nHost: a\r\n\r\n", "method_not_supported"],
  ["TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "method_not_supported"],
  ["HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "version_not_supported"],
  [
    "Connection: X-Forwarded-For",
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Forwarded-For\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n",
    "connection_names_a_protected_header",
  ],
  [
    "h2c",
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n",
    "upgrade_not_supported",
  ],
  [
    "WebSocket with a body",
    `POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n\r\nabc${SMUGGLED}`,
    "upgrade_not_supported",
  ],
  [
    "a second Host behind 2000 headers",
    `GET / HTTP/1.1\r\nHost: a\r\n${"a:\r\n".repeat(2_100)}Host: b\r\n\r\n`,
    "several_hosts",
  ],
];

for (const [name, raw, reason] of REFUSED) {
  test(`refuses ${name}`, LIMIT, async (t) => {
    const seen: (string | undefined)[] = [];
    const backend = await serve(t, (request, response) => {
      seen.push(request.url);
      response.end();
    });
    const guard = await guardFor(t, [backendAt(backend.port)]);
    const answer = await sendRaw(guard.port, raw);
    assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
    assert.match(answer, /\r\nConnection: close\r\n/);
    assert.ok(answer.endsWith(`\r\n\r\n{"error":"bad_request","reason":"${reason}"}`), answer);
    assert.deepEqual(seen, []);
    assert.equal(guard.active, 0);
  });
}

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

test("headers beyond 16 KB are refused with 431", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(1)]);
  const answer = await sendRaw(
    guard.port,
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(17_000)}\r\n\r\n`,
  );
  assert.match(answer, /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
});

test("requests on one connection are served in turn", LIMIT, async (t) => {
  const backend = await serve(t, (request, response) => response.end(`<${request.url}>`));
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const requests = ["/1", "/2", "/3"].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n`);
  const answer = await sendRaw(guard.port, `${requests.join("\r\n")}Connection: close\r\n\r\n`);
  assert.deepEqual(answer.match(/<.*?>/g), ["</1>", "</2>", "</3>"]);
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
