import assert from "node:assert/strict";
import { once } from "node:events";
import type net from "node:net";
import test from "node:test";
import { backendAt, guardFor, LIMIT, open, responseOf, serveRaw, until } from "./support.ts";

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
