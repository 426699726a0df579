import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import test, { type TestContext } from "node:test";
import { json } from "../../guard/admin-reply.ts";
import { LeaseEndpoint } from "../../guard/lease-endpoint.ts";
import { Leases } from "../../guard/leases.ts";
import { get, LIMIT, serve } from "./support.ts";

/** An endpoint with room for 1000 bytes. */
async function endpoint(t: TestContext) {
  let taken = 0;
  const leases = new Leases({
    reserve: (_backend, bytes) => {
      if (taken + bytes > 1000) return "backend_memory";
      taken += bytes;
      return () => {
        taken -= bytes;
      };
    },
  });
  t.after(() => leases.close());
  const leaseEndpoint = new LeaseEndpoint(leases, () => ["chat-1", "chat-2"]);
  const { port } = await serve(t, async (request, response) => {
    const reply = await leaseEndpoint.answer(request, request.url ?? "");
    const { status, type, body = "", headers } = reply;
    response.writeHead(status, { ...(type && { "Content-Type": type }), ...headers }).end(body);
  });
  return { port, leases };
}

const JSON_HEADERS = { "Content-Type": "application/json" };
const send = (port: number, line: string, value?: unknown) => {
  const [method, path] = line.split(" ");
  const body = value === undefined ? "" : JSON.stringify(value);
  return get(port, path, { method: String(method), headers: JSON_HEADERS, body });
};

test("a lease is taken, renewed and released", LIMIT, async (t) => {
  const { port, leases } = await endpoint(t);
  const taken = await send(port, "POST /leases", {
    backend: "chat-1",
    bytes: 800,
    ttlMs: 5_000,
  });
  const { id, ttlMs } = JSON.parse(taken.body);
  assert.deepEqual([taken.status, taken.headers.location, ttlMs], [201, `/leases/${id}`, 5_000]);
  assert.deepEqual([leases.bytes, leases.count], [800, 1]);

  const refused = await send(port, "POST /leases", { slot: "chat-2", bytes: 201 });
  assert.deepEqual(
    [refused.status, refused.headers["retry-after"], JSON.parse(refused.body)],
    [503, "30", { error: "service_unavailable", reason: "backend_memory", retry_after: 30 }],
  );

  assert.equal((await send(port, `PUT /leases/${id}`, { ttlMs: 9_000 })).status, 204);
  assert.equal((await send(port, `PUT /leases/${id}`)).status, 204);
  assert.equal((await send(port, `DELETE /leases/${id}`)).status, 204);
  assert.equal((await send(port, `DELETE /leases/${id}`)).status, 404);
  assert.equal((await send(port, `PUT /leases/${id}`)).status, 404);
  assert.equal((await send(port, "POST /leases", { slot: "chat-2", bytes: 1000 })).status, 201);
});

const GOOD = { backend: "chat-1", bytes: 1 };
const BAD: [name: string, body: unknown, reason: string][] = [
  ["no object", [GOOD], 'body: must be a JSON object; write {"backend":"chat-1","bytes":1048576}'],
  [
    "an unknown backend",
    { ...GOOD, backend: "x" },
    'backend: must be one of chat-1, chat-2, got "x"; correct it',
  ],
  ["no backend", { bytes: 1 }, "backend: must be one of chat-1, chat-2, got undefined; correct it"],
  [
    "no bytes",
    { backend: "chat-1" },
    "bytes: must be a whole number from 1 to 1099511627776, got undefined; correct it",
  ],
  [
    "0 bytes",
    { ...GOOD, bytes: 0 },
    "bytes: must be a whole number from 1 to 1099511627776, got 0; correct it",
  ],
  [
    "text for bytes",
    { ...GOOD, bytes: "1" },
    'bytes: must be a whole number from 1 to 1099511627776, got "1"; correct it',
  ],
  [
    "half a byte",
    { ...GOOD, bytes: 0.5 },
    "bytes: must be a whole number from 1 to 1099511627776, got 0.5; correct it",
  ],
  [
    "a short time",
    { ...GOOD, ttlMs: 999 },
    "ttlMs: must be a whole number from 1000 to 600000, got 999; correct it",
  ],
  [
    "a long time",
    { ...GOOD, ttlMs: 600_001 },
    "ttlMs: must be a whole number from 1000 to 600000, got 600001; correct it",
  ],
];
for (const [name, body, reason] of BAD) {
  test(`${name}: 400 says what to write`, LIMIT, async (t) => {
    const { port, leases } = await endpoint(t);
    const reply = await send(port, "POST /leases", body);
    assert.deepEqual(
      [reply.status, JSON.parse(reply.body)],
      [400, { error: "bad_request", reason }],
    );
    assert.equal(leases.count, 0);
  });
}

test("what is no JSON, too long, of another type or of another method", LIMIT, async (t) => {
  const { port } = await endpoint(t);
  const post = (body: string, headers = JSON_HEADERS) =>
    get(port, "/leases", { method: "POST", body, headers });
  assert.equal((await post("{")).status, 400);
  assert.equal(
    (await post('{"backend":"chat-1","bytes":1}', { "Content-Type": "text/plain" })).status,
    415,
  );
  const long = await post(" ".repeat(4097));
  assert.deepEqual([long.status, long.headers.connection], [413, "close"]);
  assert.equal((await get(port, "/leases")).status, 405);
  assert.equal((await send(port, "PATCH /leases/x", {})).status, 405);
  assert.equal((await send(port, "PUT /leases/x", { ttlMs: 1 })).status, 400);
});

test("a client that leaves in the middle of its body takes nothing", LIMIT, async (t) => {
  const leases = new Leases({ reserve: () => () => {} });
  const leaseEndpoint = new LeaseEndpoint(leases, () => ["chat-1"]);
  const answers: Promise<unknown>[] = [];
  const server = http.createServer((request) => {
    answers.push(leaseEndpoint.answer(request, "/leases"));
    request.once("data", () => client.destroy());
  });
  t.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  const client = http.request({
    host: "127.0.0.1",
    port,
    method: "POST",
    headers: { ...JSON_HEADERS, "Content-Length": 99 },
  });
  client.on("error", () => {});
  client.write("{");
  await new Promise((resolve) => client.once("close", resolve));
  assert.deepEqual(await answers[0], json(400, { error: "bad_request", reason: "body" }));
  assert.equal(leases.count, 0);
});
