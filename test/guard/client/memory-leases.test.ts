import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { MemoryLeases } from "../../../guard/client/memory-leases.ts";
import { LeaseEndpoint } from "../../../guard/lease-endpoint.ts";
import { Leases } from "../../../guard/leases.ts";
import { closedPort, LIMIT, serve, until } from "../support.ts";

/** A guard's endpoint with room for 100 bytes, and the methods that it was asked with. */
async function guardAddress(t: TestContext) {
  const state = { taken: 0, calls: [] as string[], leases: undefined as unknown as Leases };
  const fresh = () =>
    new Leases({
      reserve: (_backend, bytes) => {
        if (bytes > 100) return "too_large";
        if (state.taken + bytes > 100) return "backend_memory";
        state.taken += bytes;
        return () => {
          state.taken -= bytes;
        };
      },
    });
  state.leases = fresh();
  t.after(() => state.leases.close());
  const restart = () => {
    state.leases.close();
    state.leases = fresh();
  };
  const { port } = await serve(t, async (request, response) => {
    state.calls.push(String(request.method));
    const endpoint = new LeaseEndpoint(state.leases, () => ["chat-1"]);
    const { status, body = "" } = await endpoint.answer(request, String(request.url));
    response.writeHead(status).end(body);
  });
  return { state, restart, guard: `http://127.0.0.1:${port}` };
}

test("takes the bytes at the guard and gives them back", LIMIT, async (t) => {
  const { state, guard } = await guardAddress(t);
  const memory = new MemoryLeases({ guard, backend: "chat-1" });
  {
    using _lease = await memory.acquire({ bytes: 60.5 });
    assert.equal(state.taken, 61);
  }
  await until("they are back", () => state.taken === 0);
  assert.deepEqual(state.calls, ["POST", "DELETE"]);
});

test(
  "waits for room, and is refused with what the guard says when there is none in time",
  LIMIT,
  async (t) => {
    const { state, guard } = await guardAddress(t);
    const memory = new MemoryLeases({ guard, backend: "chat-1" });
    const first = await memory.acquire({ bytes: 60 });
    await assert.rejects(memory.acquire({ bytes: 60, timeoutMs: 0 }), {
      name: "LeaseRefused",
      reason: "backend_memory",
      retryAfterSeconds: 30,
    });
    const second = memory.acquire({ bytes: 60 });
    first.release();
    (await second).release();
    await until("all is back", () => state.taken === 0);
  },
);

test("what would not even fit alone is refused at once", LIMIT, async (t) => {
  const { state, guard } = await guardAddress(t);
  const memory = new MemoryLeases({ guard, backend: "chat-1" });
  await assert.rejects(memory.acquire({ bytes: 101 }), { reason: "too_large" });
  assert.deepEqual(state.calls, ["POST"]);
});

test("a wait ends with the signal's reason", LIMIT, async (t) => {
  const { state, guard } = await guardAddress(t);
  const memory = new MemoryLeases({ guard, backend: "chat-1" });
  await memory.acquire({ bytes: 100 });
  const controller = new AbortController();
  const waiting = memory.acquire({ bytes: 1, signal: controller.signal });
  await until("it has asked", () => state.calls.length >= 2);
  controller.abort(new Error("left"));
  await assert.rejects(waiting, /^Error: left$/);
  assert.equal(state.taken, 100);
});

test(
  "is renewed while it is held, and taken anew at a guard that was restarted",
  LIMIT,
  async (t) => {
    const { state, restart, guard } = await guardAddress(t);
    const memory = new MemoryLeases({ guard, backend: "chat-1", ttlMs: 1_000 });
    const lease = await memory.acquire({ bytes: 40 });
    restart();
    assert.equal(state.taken, 0);
    await until("it is taken anew", () => state.taken === 40);
    await until(
      "it is renewed",
      () => state.calls.filter((method) => method === "PUT").length >= 2,
    );
    lease.release();
    await until("it is back", () => state.taken === 0);
  },
);

test("what the guard calls wrong is told to the programmer", LIMIT, async (t) => {
  const { guard } = await guardAddress(t);
  const memory = new MemoryLeases({ guard, backend: "nobody" });
  await assert.rejects(
    memory.acquire({ bytes: 1 }),
    /TypeError: the guard refuses the lease: backend: must be one of chat-1, got "nobody"/,
  );
});

test("without a guard, or where none answers, the local budget decides", LIMIT, async () => {
  const port = await closedPort();
  for (const guard of [undefined, `http://127.0.0.1:${port}`]) {
    const memory = new MemoryLeases({ guard, backend: "chat-1", budgetBytes: 100 });
    const first = await memory.acquire({ bytes: 60 });
    const second = memory.acquire({ bytes: 60 });
    await assert.rejects(memory.acquire({ bytes: 60, timeoutMs: 1 }), {
      reason: "acquire_timeout",
    });
    first.release();
    (await second).release();
  }
});

test("an address that is none is refused at once", () => {
  assert.throws(
    () => new MemoryLeases({ guard: "https://guard" }),
    /guard: must be http:\/\/host:port, got "https:\/\/guard"/,
  );
});
