import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import test from "node:test";
import { GuardProcess } from "./guard-process.ts";
import {
  backendAt,
  get,
  guardFor,
  Held,
  LIMIT,
  LONG_LIMIT,
  open,
  responseOf,
  sendRaw,
  serve,
  serveRaw,
  until,
} from "./support.ts";

const CONNECTIONS = 10_000;
const MEGABYTE = 1024 * 1024;

test(
  "ten thousand connections at once: most are dropped, and requests are served",
  LONG_LIMIT,
  async (t) => {
    const backend = await serve(t, (_request, response) => response.end("fine"));
    const guard = new GuardProcess(t, {
      GUARD_BACKENDS: `a=http://127.0.0.1:${backend.port};streams=0`,
      GUARD_QUEUE_REQUESTS: "0",
    });
    const [port, adminPort] = await guard.ports();
    let opened = 0;
    let closed = 0;
    const sockets = Array.from({ length: CONNECTIONS }, () => {
      const socket = net.connect(port, "127.0.0.1", () => {
        opened += 1;
        // What the kernel dropped from a full queue is open to us for ever, unless we say something.
        socket.write("G");
      });
      socket.on("error", () => {});
      socket.once("close", () => {
        closed += 1;
      });
      return socket.resume();
    });
    t.after(() => {
      for (const socket of sockets) socket.destroy();
    });
    await until(
      "all were accepted or refused",
      () => closed >= CONNECTIONS - 266,
      LONG_LIMIT.timeout,
    );
    assert.ok(opened > 0);
    for (const socket of sockets) socket.destroy();
    await until("it serves", async () => {
      return (await get(port).catch(() => undefined))?.body === "fine";
    });
    assert.equal((await get(adminPort, "/healthz")).status, 200);
  },
);

test("200 MB for a reader that stops stay out of the guard's memory", LIMIT, async (t) => {
  let sent = 0;
  let isBlocked = false;
  const chunk = Buffer.alloc(MEGABYTE);
  const backend = await serve(t, (_request, response) => {
    const fill = () => {
      while (sent < 200 * MEGABYTE) {
        sent += chunk.length;
        if (!response.write(chunk)) {
          isBlocked = true;
          return;
        }
      }
      response.end();
    };
    response.on("drain", () => {
      isBlocked = false;
      fill();
    });
    fill();
  });
  const guard = new GuardProcess(t, {
    GUARD_BACKENDS: `a=http://127.0.0.1:${backend.port}`,
  });
  const [port] = await guard.ports();
  const before = anonymousBytes(guard.child.pid);
  const response = await responseOf(open(port));
  response.pause();
  let last = -1;
  await until("the backend is held back", () => {
    const isStill = isBlocked && sent === last;
    last = sent;
    return isStill;
  });
  assert.ok(sent < 64 * MEGABYTE, `${sent} bytes were taken`);
  // What passed on its way into the sockets' buffers is in V8's heap until it is collected.
  const grown = anonymousBytes(guard.child.pid) - before;
  assert.ok(grown < 32 * MEGABYTE, `${grown} bytes more`);
  let read = 0;
  for await (const bytes of response) read += bytes.length;
  assert.equal(read, 200 * MEGABYTE);
});

test("a clock that is set changes no wait", LIMIT, async (t) => {
  const held = new Held();
  const { port } = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(port, { concurrency: 1 })], {
    acquireTimeoutMs: 2 * LIMIT.timeout,
    breakerTimeoutMs: LIMIT.timeout,
  });
  let stepMs = 0;
  const { now } = Date;
  t.mock.method(Date, "now", () => now() + stepMs);
  const first = get(guard.port);
  await held.arrived(1);
  const second = get(guard.port);
  await until("it waits", async () => (await depth()) === 1);
  for (const days of [1, -2, 400]) {
    stepMs = days * 86_400_000;
    assert.equal(await depth(), 1);
  }
  held.answer(0);
  await held.arrived(2);
  held.answer(1);
  assert.deepEqual([(await first).status, (await second).status], [200, 200]);

  function depth(): Promise<number> {
    return guard.metric('memory_guard_queue_depth{paths="/"}');
  }
});

test("a client that never ends its head holds no permit", LIMIT, async (t) => {
  const held = new Held();
  const { port } = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(port)]);
  const sockets = Array.from({ length: 50 }, () => net.connect(guard.port, "127.0.0.1"));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (const socket of sockets) socket.write("GET / HTTP/1.1\r\nHost: a\r\nX: ");
  const reply = get(guard.port);
  await held.arrived(1);
  held.answer(0);
  assert.equal((await reply).status, 200);
  assert.deepEqual([guard.active, held.count], [0, 1]);
});

test("a client that stops in the middle of its upload is given up", LIMIT, async (t) => {
  const { port } = await serve(t, (request) => request.resume());
  const guard = await guardFor(t, [backendAt(port)], { readTimeoutMs: 100 });
  const answer = await sendRaw(
    guard.port,
    "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 100\r\n\r\nabc",
  );
  assert.match(answer, /^HTTP\/1\.1 504 /);
  await until("the permit is back", () => guard.active === 0);
});

test(
  "a backend that stops in the middle of its answer is cut after the read timeout",
  LIMIT,
  async (t) => {
    const port = await serveRaw(t, (socket) => {
      socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"));
    });
    const guard = await guardFor(t, [backendAt(port)], { readTimeoutMs: 100 });
    const answer = await sendRaw(guard.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.ok(answer.endsWith("\r\n\r\nabc"), answer);
    await until("the permit is back", () => guard.active === 0);
  },
);

test(
  "a backend that does not read an upload is given up after the stall timeout",
  LIMIT,
  async (t) => {
    const port = await serveRaw(t, (socket) => socket.pause());
    const guard = await guardFor(t, [backendAt(port)], { stallTimeoutMs: 100 });
    const request = http.request({
      port: guard.port,
      host: "127.0.0.1",
      method: "POST",
      agent: false,
    });
    t.after(() => request.destroy());
    request.on("error", () => {});
    const chunk = Buffer.alloc(MEGABYTE);
    const fill = () => {
      while (request.write(chunk));
    };
    request.on("drain", fill);
    fill();
    const [response] = await once(request, "response");
    assert.equal(response.statusCode, 504);
    await until("the permit is back", () => guard.active === 0);
  },
);

function anonymousBytes(pid = 0): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return 1024 * Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1]);
}
