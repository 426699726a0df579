import assert from "node:assert/strict";
import test from "node:test";
import { backendAt, get, guardFor, Held, LIMIT, open, serve } from "./support.ts";

test("healthz and readyz say that all is well", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(1)]);
  const health = await get(guard.adminPort, "/healthz?x");
  assert.deepEqual([health.status, health.body], [200, '{"status":"ok"}\n']);
  const ready = await get(guard.adminPort, "/readyz");
  assert.deepEqual([ready.status, ready.body], [200, '{"status":"ready"}\n']);
});

test("a draining guard lives but is not ready", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port)]);
  open(guard.port);
  await held.arrived(1);
  const drained = guard.guard.drain(20_000);
  const ready = await get(guard.adminPort, "/readyz");
  assert.deepEqual(
    [ready.status, ready.body],
    [503, '{"status":"not_ready","reason":"draining"}\n'],
  );
  assert.equal((await get(guard.adminPort, "/healthz")).status, 200);
  held.answer(0);
  await drained;
});

test("is reachable while every permit is taken", LIMIT, async (t) => {
  const held = new Held();
  const backend = await serve(t, held.handler);
  const guard = await guardFor(t, [backendAt(backend.port, { concurrency: 1 })], {
    queueRequests: 0,
  });
  open(guard.port);
  await held.arrived(1);
  assert.equal((await get(guard.port)).status, 503);
  assert.equal((await get(guard.adminPort, "/healthz")).status, 200);
});

const OTHER: [method: string, path: string, status: number][] = [
  ["GET", "/", 404],
  ["GET", "/__proto__", 404],
  ["GET", "/constructor", 404],
  ["POST", "/healthz", 405],
  ["HEAD", "/healthz", 200],
];
for (const [method, path, status] of OTHER) {
  test(`${method} ${path} is ${status}`, LIMIT, async (t) => {
    const guard = await guardFor(t, [backendAt(1)]);
    assert.equal((await get(guard.adminPort, path, { method })).status, status);
  });
}
