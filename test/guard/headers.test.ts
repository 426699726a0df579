import assert from "node:assert/strict";
import test from "node:test";
import { connectionOptions, endToEndHeaders } from "../../guard/headers.ts";
import { backendAt, get, guardFor, LIMIT, sendRaw, serve, serveRaw } from "./support.ts";

test("Connection's options are taken from all its lines, in lower case", () => {
  const options = connectionOptions(["Connection", "close, X-A", "X", "y", "CONNECTION", "x-b"]);
  assert.deepEqual([...options], ["close", "x-a", "x-b"]);
});

test("hop-by-hop headers go, the rest keeps order, case and repeats", () => {
  assert.deepEqual(
    endToEndHeaders([
      "Host",
      "a",
      "Connection",
      "keep-alive, X-Hop",
      "Keep-Alive",
      "timeout=5",
      "Proxy-Connection",
      "x",
      "Proxy-Authorization",
      "secret",
      "TE",
      "trailers",
      "Trailer",
      "X-T",
      "Upgrade",
      "h2c",
      "HTTP2-Settings",
      "x",
      "X-HOP",
      "1",
      "Cookie",
      "a=1",
      "cookie",
      "b=2",
      "__proto__",
      "x",
    ]),
    ["Host", "a", "Cookie", "a=1", "cookie", "b=2", "__proto__", "x"],
  );
});

test("the backend gets what nginx added and nothing that was for the hop", LIMIT, async (t) => {
  const backend = await serve(t, (request, response) =>
    response.end(JSON.stringify(request.rawHeaders)),
  );
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const answer = await sendRaw(
    guard.port,
    [
      "GET /x HTTP/1.1",
      "Host: example.org",
      "X-Forwarded-For: 203.0.113.7",
      "X-Forwarded-Proto: https",
      "X-Request-Id: abc",
      "Connection: close, X-Hop",
      "X-Hop: 1",
      "TE: trailers",
      "Cookie: a=1",
      "Cookie: b=2",
      "\r\n",
    ].join("\r\n"),
  );
  assert.deepEqual(JSON.parse(answer.slice(answer.indexOf("["))), [
    "Host",
    "example.org",
    "X-Forwarded-For",
    "203.0.113.7",
    "X-Forwarded-Proto",
    "https",
    "X-Request-Id",
    "abc",
    "Cookie",
    "a=1",
    "Cookie",
    "b=2",
    "Connection",
    "keep-alive",
  ]);
});

test("an HTTP/1.0 request without Host gets the backend's", LIMIT, async (t) => {
  const backend = await serve(t, (request, response) =>
    response.end(`host=${request.headers.host}`),
  );
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const answer = await sendRaw(guard.port, "GET / HTTP/1.0\r\n\r\n");
  assert.match(answer, new RegExp(`\r\n\r\nhost=127\\.0\\.0\\.1:${backend.port}$`));
});

test("a response loses what was for the hop, and keeps the rest", LIMIT, async (t) => {
  const port = await serveRaw(t, (socket) => {
    socket.once("data", () => {
      socket.end(
        [
          "HTTP/1.1 201 Made Here",
          "Connection: close, X-Internal",
          "X-Internal: secret",
          "Keep-Alive: timeout=5",
          "Proxy-Authenticate: Basic",
          "Trailer: X-T",
          "Set-Cookie: a=1",
          "Set-Cookie: b=2",
          "X-Accel-Buffering: no",
          "Date: Sat, 21 Nov 2026 10:00:00 GMT",
          "Content-Length: 2",
          "\r\nok",
        ].join("\r\n"),
      );
    });
  });
  const guard = await guardFor(t, [backendAt(port)]);
  const { status, rawHeaders, body } = await get(guard.port);
  assert.equal(status, 201);
  assert.equal(body, "ok");
  assert.deepEqual(rawHeaders, [
    "Set-Cookie",
    "a=1",
    "Set-Cookie",
    "b=2",
    "X-Accel-Buffering",
    "no",
    "Date",
    "Sat, 21 Nov 2026 10:00:00 GMT",
    "Content-Length",
    "2",
    "Connection",
    "close",
  ]);
});
