import assert from "node:assert/strict";
import { once } from "node:events";
import test, { type TestContext } from "node:test";
import { parseGuardConfig } from "../../guard/guard-config.ts";
import { backendAt, get, guardFor, LIMIT, open, responseOf, serve, until } from "./support.ts";

const MAX = { maxResultBytes: 1_000 };

async function backendOf(t: TestContext): Promise<number> {
  const { port } = await serve(t, (request, response) => {
    const [, kind, size] = (request.url ?? "").split("/");
    const body = "x".repeat(Number(size));
    if (kind === "length") response.setHeader("Content-Length", size ?? "");
    if (kind === "events") response.setHeader("Content-Type", "text/event-stream");
    response.flushHeaders();
    response.end(request.method === "HEAD" ? undefined : body);
  });
  return port;
}

for (const kind of ["length", "chunked", "events"]) {
  test(`a result of the largest size passes: ${kind}`, LIMIT, async (t) => {
    const guard = await guardFor(t, [backendAt(await backendOf(t))], MAX);
    assert.equal((await get(guard.port, `/${kind}/1000`)).body.length, 1_000);
  });
}

test("one byte more and announced: 413, and nothing of it", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(await backendOf(t))], MAX);
  const { status, body } = await get(guard.port, "/length/1001");
  assert.equal(status, 413);
  assert.equal(body, '{"error":"content_too_large","reason":"result_too_large"}');
  await until("the permit is back", () => guard.active === 0);
});

test("one byte more and not announced: cut, and never whole", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(await backendOf(t))], MAX);
  for (const size of [1_001, 5_000_000]) {
    const response = await responseOf(open(guard.port, `/chunked/${size}`)).catch(() => undefined);
    // Where all came at once, not even the head went out.
    if (response === undefined) continue;
    response.resume();
    const [error] = await once(response, "error");
    assert.equal(error.code, "ECONNRESET");
    assert.equal(response.complete, false);
  }
  await until("the permit is back", () => guard.active === 0);
  assert.equal(await guard.metric('memory_guard_requests_total{outcome="failed"}'), 2);
});

test("event streams and answers to HEAD are no results", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(await backendOf(t))], MAX);
  assert.equal((await get(guard.port, "/events/5000")).body.length, 5_000);
  const { status, headers } = await get(guard.port, "/length/5000", { method: "HEAD" });
  assert.deepEqual([status, headers["content-length"]], [200, "5000"]);
});

test("without a limit anything passes", LIMIT, async (t) => {
  const guard = await guardFor(t, [backendAt(await backendOf(t))]);
  assert.equal((await get(guard.port, "/chunked/5000000")).body.length, 5_000_000);
});

test("a route's own limit goes before the common one", LIMIT, async (t) => {
  const config = parseGuardConfig(
    {
      routes: [
        { path: "/chunked", maxResultBytes: 6_000_000 },
        { path: "/length", maxResultBytes: 10 },
      ],
    },
    (problem) => assert.fail(problem),
  );
  const guard = await guardFor(t, [backendAt(await backendOf(t))], { ...MAX, config });
  assert.equal((await get(guard.port, "/chunked/5000000")).body.length, 5_000_000);
  assert.equal((await get(guard.port, "/length/11")).status, 413);
});
