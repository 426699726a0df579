import assert from "node:assert/strict";
import test from "node:test";
import {
  backendAt,
  guardFor,
  Held,
  LIMIT,
  open,
  sendRaw,
  serve,
  serveRaw,
  until,
} from "./support.ts";

const OFF = { enabled: false };
const DATE = "Date: Sat, 21 Nov 2026 10:00:00 GMT\r\n";
const BODY = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");
const CLOSE = "Connection: close\r\n\r\n";

/** Raw answers; what is for the hop comes last, so that it can be told apart from the rest. */
const ANSWERS: [name: string, answer: string][] = [
  [
    "a length and every byte",
    `HTTP/1.1 200 Fine\r\n${DATE}X-a: 1\r\nx-A: \u00ff\r\nContent-Length: 256\r\n${CLOSE}${BODY}`,
  ],
  [
    "an error page",
    `HTTP/1.1 503 Own Words\r\n${DATE}Retry-After: 7\r\nContent-Length: 4\r\n${CLOSE}busy`,
  ],
  ["an empty one", `HTTP/1.1 204 No Content\r\n${DATE}ETag: "a"\r\n${CLOSE}`],
  [
    "cookies",
    `HTTP/1.1 302 Found\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\n${DATE}Location: /x\r\nContent-Length: 0\r\n${CLOSE}`,
  ],
  [
    "a gzip that is none",
    `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n${DATE}Content-Length: 3\r\n${CLOSE}abc`,
  ],
];

for (const [name, answer] of ANSWERS) {
  test(`switched off, ${name}: byte for byte`, LIMIT, async (t) => {
    const port = await serveRaw(t, (socket) => {
      socket.once("data", () => socket.end(answer, "latin1"));
    });
    const guard = await guardFor(t, [backendAt(port)], { ...OFF, maxResultBytes: 1 });
    const request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    const direct = await sendRaw(port, request);
    assert.equal(direct, answer);
    assert.equal(await sendRaw(guard.port, request), direct);
  });
}

test("switched off, nobody waits and nobody is turned away", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port, { concurrency: 1, streams: 0 })], {
    ...OFF,
    queueRequests: 0,
  });
  const requests = Array.from({ length: 300 }, () => open(guard.port));
  await held.arrived(300);
  for (const request of requests) request.destroy();
  await until("all have left", () => guard.active === 0);
});

test("switched off, failures are passed on and held against nobody", LIMIT, async (t) => {
  const backend = await serve(t, (_request, response) => response.writeHead(502).end());
  const guard = await guardFor(t, [backendAt(backend.port)], OFF);
  const line = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(9);
  const answers = await sendRaw(guard.port, `${line}GET / HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
  assert.equal(answers.match(/^HTTP\/1\.1 502 /gm)?.length, 10);
});
