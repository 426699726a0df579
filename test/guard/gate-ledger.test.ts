import assert from "node:assert/strict";
import { totalmem } from "node:os";
import test, { type TestContext } from "node:test";
import { GateLedger } from "../../guard/gate-ledger.ts";
import { Leases } from "../../guard/leases.ts";
import { MIB, watched } from "./memory-files.ts";
import { askOf, backendAt, get, guardFor, LIMIT, type Reply } from "./support.ts";

const TTL_MS = 60_000;

function scene(t: TestContext) {
  const { backend } = watched(t);
  const leases = new Leases(new GateLedger(() => [backend]));
  t.after(() => leases.close());
  const take = (mib: number) => leases.take({ backend: "a", bytes: mib * MIB, ttlMs: TTL_MS });
  return { backend, leases, take };
}

const idOf = (lease: { readonly id: string } | string) =>
  typeof lease === "string" ? assert.fail(lease) : lease.id;

test("leases and requests share what there is", LIMIT, (t) => {
  const { backend, leases, take } = scene(t);
  const id = idOf(take(150));
  // 60 of 300 MiB are in use, and 94 % may be promised.
  assert.equal(take(73), "backend_memory");
  const request = (mib: number) => askOf({ cost: { meanBytes: mib * MIB, spreadBytes: 0 } });
  assert.equal(backend.gate.binding(request(73)), "backend_memory");
  assert.equal(backend.gate.binding(request(71)), "none");
  const account = backend.gate.admit(request(71));
  assert.equal(take(10), "backend_memory");
  leases.release(id);
  idOf(take(150));
  account.ended("completed");
});

test("a lease larger than all there is is refused, even by an idle backend", LIMIT, (t) => {
  const { take } = scene(t);
  assert.equal(take(240), "too_large");
  idOf(take(200));
});

test("there are leases at backends that there are", LIMIT, (t) => {
  const { leases } = scene(t);
  assert.equal(leases.take({ backend: "b", bytes: 1, ttlMs: TTL_MS }), "no_such_backend");
});

test("what a lease takes is not learned for requests", LIMIT, (t) => {
  const { backend, costs } = watched(t);
  const leases = new Leases(new GateLedger(() => [backend]));
  leases.release(idOf(leases.take({ backend: "a", bytes: MIB, ttlMs: TTL_MS })));
  const requests = costs.states().filter(({ route }) => route !== "lease");
  assert.deepEqual(requests, []);
});

test(
  "over the admin port the bytes are reserved on the server, and given back",
  LIMIT,
  async (t) => {
    const guard = await guardFor(t, [backendAt(1)]);
    const call = (method: string, path: string, body?: object): Promise<Reply> =>
      get(guard.adminPort, path, {
        method,
        headers: { "Content-Type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
      });
    const reserved = () => guard.metric('memory_guard_reserved_bytes{node="host"}');
    const taken = await call("POST", "/leases", { backend: "a", bytes: MIB });
    assert.equal(taken.status, 201);
    assert.equal(await reserved(), 1_048_576);
    const refused = await call("POST", "/leases", { backend: "a", bytes: totalmem() });
    assert.deepEqual([refused.status, JSON.parse(refused.body).reason], [503, "too_large"]);
    const { location = "" } = taken.headers;
    assert.equal((await call("DELETE", location)).status, 204);
    assert.equal(await reserved(), 0);
  },
);
