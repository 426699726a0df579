import assert from "node:assert/strict";
import { once } from "node:events";
import { get, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { readJson, sendJson } from "../../example/exchange.ts";
import { Exports } from "../../example/export.ts";
import { live } from "../../example/health.ts";
import { unavailable } from "../../example/http-error.ts";
import { createLog } from "../../example/log.ts";
import { Memory } from "../../example/memory.ts";
import { Router } from "../../example/router.ts";
import { AppServer } from "../../example/server.ts";
import { drain } from "../../example/shutdown.ts";

const TEST = { timeout: 10_000 };
const BIG = 32 * 1024 * 1024;

async function start(context: TestContext, router: Router, maxConnections = 10) {
  const lines: string[] = [];
  const log = createLog("info", "test", (line) => lines.push(line));
  const server = new AppServer({ router, maxConnections, log });
  const port = await server.listen(0);
  context.after(() => {
    server.http.close();
    server.http.closeAllConnections();
  });
  return { server, port, origin: `http://127.0.0.1:${port}`, lines };
}

const echo = new Router().add("POST", "/echo", async ({ request, response }) => {
  sendJson(response, 200, await readJson(request));
});

const memory = new Memory({ guardUrl: "", slotName: "test" });
const exporting = new Router().add("GET", "/export", new Exports(memory).send);

/** On a connection of its own, which is gone afterwards. */
async function getAlone(url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { agent: false }), "response")) as [IncomingMessage];
  await once(response.resume().socket, "close");
  return response;
}

async function failure(response: Response) {
  return { status: response.status, ...JSON.parse(await response.text()) };
}

test("every failure is answered as JSON", async (context) => {
  const { origin } = await start(context, echo);
  const post = (body: string, type = "application/json") =>
    fetch(`${origin}/echo`, { method: "POST", body, headers: { "Content-Type": type } });

  assert.deepEqual(await (await post('{"a":1}')).json(), { a: 1 });
  assert.deepEqual(await failure(await post("{")), {
    status: 400,
    error: { code: "bad_request", message: "the body is not JSON" },
  });
  assert.deepEqual(await failure(await post("{}", "text/plain")), {
    status: 415,
    error: { code: "unsupported_media_type", message: "the body must be application/json" },
  });
  assert.deepEqual(await failure(await fetch(`${origin}/nowhere`)), {
    status: 404,
    error: { code: "not_found", message: "/nowhere does not exist" },
  });
  assert.equal((await post(JSON.stringify("x".repeat(1024 * 1024 - 2)))).status, 200);
  assert.deepEqual(await failure(await post(JSON.stringify("x".repeat(1024 * 1024 - 1)))), {
    status: 413,
    error: { code: "payload_too_large", message: "the body is larger than 1048576 bytes" },
  });
});

test("a body without end is refused as soon as it is too long", TEST, async (context) => {
  const { port } = await start(context, echo);
  const headers = { "Content-Type": "application/json", Connection: "keep-alive" };
  const endless = request({ port, path: "/echo", method: "POST", headers });
  endless.on("error", () => undefined);
  endless.write(Buffer.alloc(1024 * 1024 + 1, "1"));
  const [response] = await once(endless, "response");
  assert.deepEqual([response.statusCode, response.headers.connection], [413, "close"]);
  endless.destroy();
});

test("a fault is logged in full and told to nobody", async (context) => {
  const router = new Router().add("GET", "/fault", () => {
    throw new TypeError("the secret");
  });
  const { origin, lines } = await start(context, router);
  assert.deepEqual(await failure(await fetch(`${origin}/fault`)), {
    status: 500,
    error: { code: "internal_server_error", message: "internal error" },
  });
  const { level, reason, stack } = JSON.parse(lines[0] ?? "");
  assert.deepEqual([level, reason], ["error", "the secret"]);
  assert.match(stack, /server\.test\.ts/);
});

test("what is away says when to come back", async (context) => {
  const router = new Router().add("GET", "/away", () => {
    throw unavailable("the database is away");
  });
  const { origin } = await start(context, router);
  const response = await fetch(`${origin}/away`);
  assert.deepEqual([response.status, response.headers.get("Retry-After")], [503, "5"]);
  await response.body?.cancel();
});

test("one connection too many is closed", { timeout: 5000 }, async (context) => {
  const { port } = await start(context, echo, 1);
  const first = connect(port, "127.0.0.1");
  context.after(() => first.destroy());
  await once(first, "connect");
  const second = connect(port, "127.0.0.1").on("error", () => undefined);
  await once(second, "close");
});

test("the last place is kept for health checks", TEST, async (context) => {
  const router = new Router()
    .add("GET", "/health", live)
    .add("GET", "/api/models", ({ response }) => sendJson(response, 200, {}));
  const { origin, port, server } = await start(context, router, 2);
  assert.equal((await getAlone(`${origin}/api/models`)).statusCode, 200);
  const other = connect(port, "127.0.0.1");
  context.after(() => other.destroy());
  await once(server.http, "connection");
  const refused = await getAlone(`${origin}/api/models`);
  assert.deepEqual([refused.statusCode, refused.headers.connection], [503, "close"]);
  assert.match(refused.headers["retry-after"] ?? "", /^(1[5-9]|[23]\d|4[0-5])$/);
  assert.equal((await getAlone(`${origin}/health`)).statusCode, 200);
});

test("an export is as long as asked, and says what it costs", async (context) => {
  const { origin } = await start(context, exporting);
  const response = await fetch(`${origin}/export?rows=2048`);
  const text = await response.text();
  const { rows } = JSON.parse(text);
  assert.equal(rows.length, 2048);
  assert.equal(response.headers.get("X-Export-Rows"), "2048");
  assert.equal(response.headers.get("Server-Timing"), 'mem;desc="MiB";dur=6.0');
  const rowBytes = text.length / 2048;
  assert.ok(rowBytes > 900 && rowBytes < 1100, `${rowBytes} bytes for one row`);
});

test("an export of no, too many or no number of rows is refused", async (context) => {
  const { origin } = await start(context, exporting);
  for (const rows of ["0", "100001", "-1", "1.5", "1e3", "many", ""]) {
    assert.deepEqual(await failure(await fetch(`${origin}/export?rows=${rows}`)), {
      status: 400,
      error: { code: "bad_request", message: "rows: must be a whole number 1..100000" },
    });
  }
});

test(
  "a drain lets a response arrive whole, also one that is only waiting to be sent",
  TEST,
  async (context) => {
    const router = new Router().add("GET", "/big", ({ response }) => {
      response.end(Buffer.alloc(BIG, "x"));
    });
    const { server, port } = await start(context, router);
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /big HTTP/1.1\r\nHost: app\r\n\r\n");
    await once(socket, "readable");
    const idle = connect(port, "127.0.0.1").resume();
    await once(idle, "connect");

    const drained = drain(server, 60_000);
    await once(idle, "end");
    let receivedBytes = 0;
    for await (const chunk of socket) receivedBytes += chunk.length;
    await drained;
    assert.ok(receivedBytes > BIG, `${receivedBytes} bytes`);
  },
);

test("a drain cuts what outlasts it, and waits for the handler", {
  timeout: 5000,
}, async (context) => {
  let finished = false;
  const router = new Router().add("GET", "/endless", async ({ response }) => {
    response.flushHeaders();
    await once(response, "close");
    await new Promise(setImmediate);
    finished = true;
  });
  const { server, origin } = await start(context, router);
  const response = await fetch(`${origin}/endless`);
  await drain(server, 20);
  assert.ok(finished);
  await assert.rejects(response.text());
});
