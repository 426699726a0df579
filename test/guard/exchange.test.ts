import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import test from "node:test";
import type { Backend } from "../../guard/backend.ts";
import { Exchange } from "../../guard/exchange.ts";
import { exchangeContext } from "../../guard/exchange-context.ts";
import { Log } from "../../guard/log.ts";
import {
  backendAt,
  closeOf,
  get,
  guardFor,
  Held,
  LIMIT,
  open,
  readAll,
  responseOf,
  sendRaw,
  serve,
  serveRaw,
  settingsOf,
  until,
} from "./support.ts";

const ONE = { concurrency: 1, streams: 1 };
const NO_QUEUE = { queueRequests: 0 };

test("passes method, path, query and body on, and status and body back", LIMIT, async (t) => {
  const backend = await serve(t, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.writeHead(207, { "X-Seen": `${request.method} ${request.url}` });
    response.end(body.toUpperCase());
  });
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const { status, headers, body } = await get(guard.port, "/a/b?c=%20", {
    method: "PUT",
    body: "hello",
  });
  assert.equal(status, 207);
  assert.equal(headers["x-seen"], "PUT /a/b?c=%20");
  assert.equal(body, "HELLO");
  assert.equal(await guard.metric('memory_guard_requests_total{outcome="forwarded"}'), 1);
});

test("a body in chunks arrives whole, also with a GET", LIMIT, async (t) => {
  const backend = await serve(t, (request, response) => {
    response.setHeader(
      "X-Framing",
      `${request.headers["transfer-encoding"]}/${request.headers["content-length"]}`,
    );
    request.pipe(response);
  });
  const guard = await guardFor(t, [backendAt(backend.port)]);
  for (const method of ["POST", "GET"]) {
    const raw = `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n`;
    const answer = await sendRaw(guard.port, raw);
    assert.match(answer, /X-Framing: chunked\/undefined/);
    assert.match(
      answer,
      /\r\n\r\n5\r\nabcde\r\n0\r\n\r\n$|\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n$/,
    );
  }
});

test("a large upload arrives byte for byte", LIMIT, async (t) => {
  const backend = await serve(t, async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    response.end(`${bytes} ${request.headers["content-length"]}`);
  });
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const { body } = await get(guard.port, "/", { method: "POST", body: Buffer.alloc(5_000_000, 7) });
  assert.equal(body, "5000000 5000000");
});

test("HEAD, 204 and 304 have no body and leave the connection in step", LIMIT, async (t) => {
  const backend = await serve(t, (request, response) => {
    response.statusCode = Number(request.url?.slice(1));
    if (request.method === "HEAD") response.setHeader("Content-Length", 500);
    response.end();
  });
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const heads = ["HEAD /200", "GET /204", "GET /304", "GET /202"].map(
    (line) => `${line} HTTP/1.1\r\nHost: a\r\n`,
  );
  const answer = await sendRaw(guard.port, `${heads.join("\r\n")}Connection: close\r\n\r\n`);
  assert.deepEqual(answer.match(/^HTTP\/1\.1 \d+/gm), [
    "HTTP/1.1 200",
    "HTTP/1.1 204",
    "HTTP/1.1 304",
    "HTTP/1.1 202",
  ]);
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[\s\S]*?Content-Length: 500\r\n/);
});

test("each event of a stream arrives before the next is sent", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port)]);
  const pending = responseOf(open(guard.port));
  await held.arrived(1);
  const stream = held.responses[0];
  stream?.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
  stream?.flushHeaders();
  const response = await pending;
  response.setEncoding("utf8");
  for (const token of ["data: one\n\n", ": heartbeat\n\n", "data: two\n\n"]) {
    stream?.write(token);
    const [chunk] = await once(response, "data");
    assert.equal(chunk, token);
  }
  stream?.end();
  await once(response, "end");
});

test("an event stream holds no permit", LIMIT, async (t) => {
  const backend = await serve(t, (request, response) => {
    if (request.url !== "/stream") return response.end("plain");
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    return response.write("data: 1\n\n");
  });
  const guard = await guardFor(t, [backendAt(backend.port, ONE)], NO_QUEUE);
  const stream = await responseOf(open(guard.port, "/stream"));
  assert.deepEqual([guard.active, guard.streams], [0, 1]);
  assert.equal((await get(guard.port)).body, "plain");
  assert.equal(await guard.metric('memory_guard_backend_streams{backend="a"}'), 1);
  stream.destroy();
  await until("the stream's place is back", () => guard.streams === 0);
});

test("a stream beyond the cap is shed, whether announced or not", LIMIT, async (t) => {
  let started = 0;
  const backend = await serve(t, (_request, response) => {
    started += 1;
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write("data: 1\n\n");
  });
  const guard = await guardFor(t, [backendAt(backend.port, { concurrency: 3, streams: 1 })]);
  await responseOf(open(guard.port));
  const announced = await get(guard.port, "/", { headers: { Accept: "text/event-stream" } });
  assert.equal(started, 1);
  const unannounced = await get(guard.port);
  assert.equal(started, 2);
  for (const { status, body } of [announced, unannounced]) {
    assert.equal(status, 503);
    assert.equal(JSON.parse(body).reason, "streams_full");
  }
  await until("only the stream is left", () => guard.active === 0 && guard.streams === 1);
});

test("requests go to the least active backend", LIMIT, async (t) => {
  const [left, right] = [new Held(), new Held()];
  const a = await serve(t, left.handler);
  const b = await serve(t, right.handler);
  const guard = await guardFor(t, [backendAt(a.port), backendAt(b.port, { name: "b" })]);
  const first = ["/1", "/2", "/3", "/4"].map((path) => get(guard.port, path));
  await left.arrived(2);
  await right.arrived(2);
  left.answerAll();
  await Promise.race(first);
  await until("the left one is idle", () => guard.active === 2);
  const next = [get(guard.port, "/5"), get(guard.port, "/6")];
  await left.arrived(4);
  assert.equal(right.count, 2);
  left.answerAll();
  right.answerAll();
  await Promise.all([...first, ...next]);
});

test("a full guard sheds at once: 503, Retry-After, no-store, JSON", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port, ONE)], NO_QUEUE);
  const first = get(guard.port);
  await held.arrived(1);
  const shed = await get(guard.port);
  assert.equal(shed.status, 503);
  assert.equal(shed.headers["cache-control"], "no-store");
  assert.equal(shed.headers["content-type"], "application/json");
  const retryAfter = shed.headers["retry-after"] ?? "";
  assert.match(retryAfter, /^(1[5-9]|[23]\d|4[0-5])$/);
  assert.deepEqual(JSON.parse(shed.body), {
    error: "service_unavailable",
    reason: "queue_full",
    retry_after: Number(retryAfter),
  });
  held.answer(0, "first");
  assert.equal((await first).body, "first");
  assert.equal(await guard.metric('memory_guard_rejected_requests_total{reason="queue_full"}'), 1);
});

test("Retry-After differs from one client to the next", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port, ONE)], NO_QUEUE);
  open(guard.port);
  await held.arrived(1);
  const replies = await Promise.all(Array.from({ length: 40 }, () => get(guard.port)));
  const seconds = new Set(replies.map(({ headers }) => headers["retry-after"]));
  assert.ok(seconds.size >= 5, `only ${[...seconds]}`);
});

test("a waiting request is served when a permit is free; one more is shed", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port, ONE)], { queueRequests: 1 });
  const first = get(guard.port, "/1");
  await held.arrived(1);
  const second = get(guard.port, "/2");
  await until(
    "one waits",
    async () => (await guard.metric('memory_guard_queue_depth{paths="/"}')) === 1,
  );
  assert.equal(JSON.parse((await get(guard.port, "/3")).body).reason, "queue_full");
  assert.equal(held.count, 1);
  held.answer(0, "one");
  await held.arrived(2);
  held.answer(1, "two");
  assert.deepEqual([(await first).body, (await second).body], ["one", "two"]);
});

test("a request that waits too long is shed", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port, ONE)], { acquireTimeoutMs: 20 });
  open(guard.port);
  await held.arrived(1);
  const { status, body } = await get(guard.port);
  assert.equal(status, 503);
  assert.equal(JSON.parse(body).reason, "acquire_timeout");
});

test("a client that leaves the queue makes room in it", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port, ONE)], {
    queueRequests: 1,
    acquireTimeoutMs: 2 * LIMIT.timeout,
  });
  const depth = () => guard.metric('memory_guard_queue_depth{paths="/"}');
  open(guard.port, "/1");
  await held.arrived(1);
  const leaver = open(guard.port, "/2");
  await until("it waits", async () => (await depth()) === 1);
  leaver.destroy();
  await until("it has left", async () => (await depth()) === 0);
  const third = get(guard.port, "/3");
  await until("the next one waits", async () => (await depth()) === 1);
  held.answer(0);
  await held.arrived(2);
  held.answer(1, "three");
  assert.equal((await third).body, "three");
});

test("a client that leaves takes its request away from the backend", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port, ONE)]);
  const request = open(guard.port);
  await held.arrived(1);
  const gone = once(held.responses[0] as NodeJS.EventEmitter, "close");
  request.destroy();
  await gone;
  await until("the permit is back", () => guard.active === 0);
  assert.equal(await guard.metric('memory_guard_requests_total{outcome="client_gone"}'), 1);
});

test("a client that leaves in mid-response gives the permit back", LIMIT, async (t) => {
  const backend = await serve(t, (_request, response) => {
    response.write("begun");
  });
  const guard = await guardFor(t, [backendAt(backend.port, ONE)]);
  const response = await responseOf(open(guard.port));
  await once(response, "data");
  assert.equal(guard.active, 1);
  response.destroy();
  await until("the permit is back", () => guard.active === 0);
});

test("a client that leaves in mid-upload gives the permit back", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port, ONE)]);
  const socket = net.connect(guard.port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
  await held.arrived(1);
  socket.destroy();
  await until("the permit is back", () => guard.active === 0);
});

test(
  "a client that connects and does not read is cut after the stall timeout",
  LIMIT,
  async (t) => {
    const backend = await serve(t, (_request, response) => {
      const fill = () => {
        while (response.write(Buffer.alloc(65_536)));
      };
      response.on("drain", fill);
      fill();
    });
    const guard = await guardFor(t, [backendAt(backend.port, ONE)], { stallTimeoutMs: 100 });
    const response = await responseOf(open(guard.port));
    response.pause();
    assert.equal(guard.active, 1);
    await until("the permit is back", () => guard.active === 0);
    assert.ok(
      guard.lines.some((line) => line.includes('"message":"cut","reason":"client_stalled"')),
    );
    response.destroy();
  },
);

test("a slow reader holds its backend back instead of filling the guard", LIMIT, async (t) => {
  let sent = 0;
  let isBlocked = false;
  const backend = await serve(t, (_request, response) => {
    const fill = () => {
      isBlocked = false;
      while (response.write(Buffer.alloc(65_536))) sent += 65_536;
      isBlocked = true;
    };
    response.on("drain", fill);
    fill();
  });
  const guard = await guardFor(t, [backendAt(backend.port, ONE)]);
  const response = await responseOf(open(guard.port));
  response.pause();
  let before = -1;
  await until("the backend is held back", () => {
    const isStill = isBlocked && sent === before;
    before = sent;
    return isStill;
  });
  // Two connections' kernel buffers, and nothing of the order of what a backend could send.
  assert.ok(sent < 32 * 1024 * 1024, `${sent} bytes were taken`);
  response.destroy();
});

test("a silent backend is given up after the read timeout: 504", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port, ONE)], { readTimeoutMs: 100 });
  const { status, body } = await get(guard.port);
  assert.equal(status, 504);
  assert.equal(body, '{"error":"gateway_timeout","reason":"read_timeout"}');
  await until("the permit is back", () => guard.active === 0);
});

test("a shed upload is never asked for; an admitted one is", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port, ONE)], NO_QUEUE);
  const head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
  const admitted = net.connect(guard.port, "127.0.0.1");
  admitted.write(head);
  const [hint] = await once(admitted, "data");
  assert.equal(String(hint), "HTTP/1.1 100 Continue\r\n\r\n");
  const shed = await sendRaw(guard.port, head);
  assert.match(shed, /^HTTP\/1\.1 503 Service Unavailable\r\n/);
  assert.match(shed, /\r\nConnection: close\r\n/);
  const rest = readAll(admitted);
  admitted.write("abc");
  await held.arrived(1);
  held.responses[0]?.setHeader("Connection", "close");
  held.answer(0, "taken");
  admitted.end();
  assert.match(await rest, /^HTTP\/1\.1 200 OK\r\n[\s\S]*taken/);
});

test("after a shed request with a body the connection is still in step", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port, ONE)], NO_QUEUE);
  const first = get(guard.port);
  await held.arrived(1);
  const socket = net.connect(guard.port, "127.0.0.1");
  const answer = readAll(socket);
  socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nGET /x");
  await until("it is shed", async () => {
    return (await guard.metric('memory_guard_requests_total{outcome="shed"}')) === 1;
  });
  held.answer(0);
  await first;
  await until("the permit is back", () => guard.active === 0);
  socket.write(" HTTP/GET /y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  await held.arrived(2);
  assert.equal(held.responses[1]?.req.url, "/y");
  held.answer(1, "second");
  assert.match(await answer, /^HTTP\/1\.1 503 [\s\S]*HTTP\/1\.1 200 [\s\S]*second/);
});

test(
  "a shed upload of any size gets its answer, then the connection is closed",
  LIMIT,
  async (t) => {
    const held = new Held();
    const backend = await serve(t, held.handler);
    const guard = await guardFor(t, [backendAt(backend.port, ONE)], NO_QUEUE);
    open(guard.port);
    await held.arrived(1);
    const { status, headers } = await get(guard.port, "/", {
      method: "POST",
      body: Buffer.alloc(1_000_000),
    });
    assert.equal(status, 503);
    assert.equal(headers.connection, "close");
  },
);

test("an early answer to an upload leaves the connection in step", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, (request, response) => {
    // Takes no byte of the body.
    held.responses.push(response);
    response.end(`<${request.url}>`);
  });
  const guard = await guardFor(t, [backendAt(backend.port, ONE)]);
  const bytes = 10_000_000;
  const socket = net.connect(guard.port, "127.0.0.1");
  const answer = readAll(socket);
  socket.write(`POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`);
  await held.arrived(1);
  socket.write(Buffer.alloc(bytes, "x"));
  socket.write("GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  assert.match(await answer, /<\/1>HTTP\/1\.1 200 [\s\S]*<\/2>$/);
  await until("the permit is back", () => guard.active === 0);
});

test("the head of an upload reaches the backend before its body", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port, ONE)]);
  const socket = net.connect(guard.port, "127.0.0.1");
  t.after(() => socket.destroy());
  socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
  await held.arrived(1);
});

test(
  "a client that leaves in the moment of its grant leaves no permit behind",
  LIMIT,
  async (t) => {
    const port = await serveRaw(t, () => {});
    const context = exchangeContext(settingsOf([backendAt(port, ONE)]), new Log("error", () => {}));
    const [backend] = context.fleet.backends as [Backend];
    const request = new http.IncomingMessage(new net.Socket());
    Object.assign(request, { method: "GET", url: "/", httpVersion: "1.0" });
    const response = new http.ServerResponse(request);
    const exchange = new Exchange(context, response);
    const held = backend.permits.tryAcquire();
    exchange.run();
    held?.release("completed");
    assert.equal(backend.permits.active, 1);
    response.emit("close");
    await new Promise(setImmediate);
    assert.equal(backend.permits.active, 0);
    assert.equal(context.counters.outcomes.client_gone, 1);
  },
);

test(
  "no permit, stream or place is lost however clients and backends break off",
  LIMIT,
  async (t) => {
    const REQUESTS = 200;
    const backend = await serve(t, (request, response) => {
      const kind = Number(request.url?.slice(1)) % 5;
      request.resume();
      if (kind === 0) response.end("fine");
      if (kind === 1)
        response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: 1\n\n");
      if (kind === 2) request.socket.destroy();
      if (kind === 3) response.write("begun", () => request.socket.destroy());
    });
    const guard = await guardFor(t, [backendAt(backend.port, { concurrency: 3, streams: 3 })], {
      acquireTimeoutMs: 50,
      queueRequests: 20,
    });
    const outcomes = Array.from({ length: REQUESTS }, async (_, index) => {
      const request = open(
        guard.port,
        `/${index}`,
        index % 2 ? { method: "POST", body: "x".repeat(index) } : {},
      );
      const closed = closeOf(request);
      const cut = () => request.destroy();
      if (index % 7 === 0) request.once("socket", (socket) => socket.once("connect", cut));
      else if (index % 5 === 4) setTimeout(cut, index % 40);
      request.once("response", (response) => {
        response.on("error", () => {});
        if (index % 3 === 0 || index % 5 === 1) cut();
        else response.resume();
      });
      await closed;
    });
    await Promise.all(outcomes);
    await until("everything is given back", () => guard.active === 0 && guard.streams === 0);
    assert.equal(await guard.metric('memory_guard_queue_depth{paths="/"}'), 0);
  },
);
