import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import type { Duplex } from "node:stream";
import test, { type TestContext } from "node:test";
import {
  backendAt,
  guardFor,
  LIMIT,
  readAll,
  sendRaw,
  serve,
  type TestServer,
  until,
} from "./support.ts";

const HANDSHAKE =
  "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: abc\r\n\r\n";

/** Switches protocols, greets and echoes. */
async function echoServer(t: TestContext, sockets: Duplex[] = []): Promise<TestServer> {
  const backend = await serve(t, (_request, response) => response.end("plain"));
  backend.server.on("upgrade", (request, socket, head) => {
    sockets.push(socket);
    t.after(() => socket.destroy());
    socket.on("error", () => {});
    const accept = `Sec-WebSocket-Accept: ${request.headers["sec-websocket-key"]}!`;
    const lines = [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      accept,
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\nwelcome ${request.headers.upgrade} ${head}`);
    socket.pipe(socket);
  });
  return backend;
}

function dial(t: TestContext, port: number): net.Socket {
  const socket = net.connect(port, "127.0.0.1");
  t.after(() => socket.destroy());
  socket.setEncoding("latin1");
  return socket;
}

async function readUntil(socket: net.Socket, ending: string): Promise<string> {
  let text = "";
  while (!text.endsWith(ending)) text += String((await once(socket, "data"))[0]);
  return text;
}

test("a WebSocket passes both ways and counts as a stream", LIMIT, async (t) => {
  const backend = await echoServer(t);
  const guard = await guardFor(t, [backendAt(backend.port, { concurrency: 1 })]);
  const socket = dial(t, guard.port);
  socket.write(`${HANDSHAKE}early`);
  const head = await readUntil(socket, "early");
  assert.match(
    head,
    /^HTTP\/1\.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/,
  );
  assert.match(head, /\r\nSec-WebSocket-Accept: abc!\r\n/);
  assert.match(head, /\r\n\r\nwelcome websocket early$/);
  assert.deepEqual([guard.active, guard.streams], [0, 1]);
  socket.write("ping");
  assert.equal(await readUntil(socket, "ping"), "ping");
  socket.destroy();
  await until("the stream's place is back", () => guard.streams === 0);
  assert.equal(await guard.metric('memory_guard_requests_total{outcome="forwarded"}'), 1);
});

test("a backend that closes its WebSocket closes the client's", LIMIT, async (t) => {
  const sockets: Duplex[] = [];
  const backend = await echoServer(t, sockets);
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const socket = dial(t, guard.port);
  socket.write(`${HANDSHAKE}x`);
  await readUntil(socket, "x");
  const closed = once(socket, "close");
  sockets[0]?.destroy();
  await closed;
  await until("the stream's place is back", () => guard.streams === 0);
});

test(
  "a silent WebSocket is closed after the read timeout, without an HTTP answer in it",
  LIMIT,
  async (t) => {
    const backend = await echoServer(t);
    const guard = await guardFor(t, [backendAt(backend.port)], { readTimeoutMs: 100 });
    const socket = dial(t, guard.port);
    socket.write(`${HANDSHAKE}x`);
    await readUntil(socket, "x");
    assert.equal(await readAll(socket), "");
    await until("the stream's place is back", () => guard.streams === 0);
  },
);

test("a backend's refusal to switch passes as it is", LIMIT, async (t) => {
  const backend = await serve(t, () => {});
  backend.server.on("upgrade", (_request, socket) => {
    socket.end(
      "HTTP/1.1 401 Unauthorized\r\nX-Why: token\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno",
    );
  });
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const answer = await sendRaw(guard.port, HANDSHAKE);
  assert.match(answer, /^HTTP\/1\.1 401 Unauthorized\r\nX-Why: token\r\n/);
  assert.ok(answer.endsWith("\r\n\r\nno"));
  await until("the permit is back", () => guard.active === 0 && guard.streams === 0);
});

test("a WebSocket beyond the streams' cap is shed", LIMIT, async (t) => {
  const backend = await echoServer(t);
  const guard = await guardFor(t, [backendAt(backend.port, { streams: 0 })]);
  const answer = await sendRaw(guard.port, HANDSHAKE);
  assert.match(answer, /^HTTP\/1\.1 503 Service Unavailable\r\n/);
  assert.match(answer, /"reason":"streams_full"/);
  assert.equal(guard.active, 0);
});

test("a WebSocket client that leaves while it waits leaves the queue", LIMIT, async (t) => {
  const backend = await serve(t, () => {});
  const guard = await guardFor(t, [backendAt(backend.port, { concurrency: 1 })], {
    acquireTimeoutMs: 2 * LIMIT.timeout,
  });
  const first = dial(t, guard.port);
  first.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await until("the permit is taken", () => guard.active === 1);
  const depth = () => guard.metric('memory_guard_queue_depth{paths="/"}');
  const second = dial(t, guard.port);
  second.write(HANDSHAKE);
  await until("it waits", async () => (await depth()) === 1);
  second.destroy();
  await until("it has left", async () => (await depth()) === 0);
});

test("a drain's deadline cuts WebSockets too", LIMIT, async (t) => {
  const backend = await echoServer(t);
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const socket = dial(t, guard.port);
  socket.write(`${HANDSHAKE}x`);
  await readUntil(socket, "x");
  const closed = once(socket, "close");
  assert.equal(await guard.guard.drain(10), 1);
  await closed;
});

test(
  "a WebSocket client that leaves before the backend has switched gives the permit back",
  LIMIT,
  async (t) => {
    const sockets: Duplex[] = [];
    const backend = await serve(t, () => {});
    backend.server.on("upgrade", (_request, socket) => sockets.push(socket));
    const guard = await guardFor(t, [backendAt(backend.port)]);
    const socket = dial(t, guard.port);
    socket.write(HANDSHAKE);
    await until("the backend has it", () => sockets.length === 1);
    socket.destroy();
    await until("the permit is back", () => guard.active === 0);
    sockets[0]?.destroy();
  },
);

test("what a client sends before the backend has switched is kept", LIMIT, async (t) => {
  const sockets: Duplex[] = [];
  const backend = await serve(t, () => {});
  backend.server.on("upgrade", (_request, socket) => sockets.push(socket));
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const socket = dial(t, guard.port);
  socket.write(`${HANDSHAKE}<head>`);
  await until("the backend has it", () => sockets.length === 1);
  const [upstream] = sockets as [net.Socket];
  t.after(() => upstream.destroy());
  await new Promise<void>((resolve) => socket.write("<more>", () => resolve()));
  upstream.write(
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  );
  assert.equal(await readUntil(upstream, "<more>"), "<head><more>");
});
