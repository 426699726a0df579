import assert from "node:assert/strict";
import test from "node:test";
import { Counters } from "../../guard/counters.ts";
import { statsOf } from "../../guard/stats.ts";
import { busyState, nodeState } from "./admission-state.ts";
import { backendAt, get, guardFor, LIMIT, serve } from "./support.ts";

const MIB = 2 ** 20;

test("has the fields of the document and no other", () => {
  const counters = new Counters();
  Object.assign(counters.outcomes, {
    forwarded: 950,
    shed: 50,
    refused: 3,
    failed: 2,
    client_gone: 1,
  });
  const host = nodeState({ percent: 72.54, usedBytes: 1450.234 * MIB, limitBytes: 2000 * MIB });
  assert.deepEqual(statsOf(busyState({ host }), counters), {
    total_requests: 1006,
    rejected_requests: 50,
    completed_requests: 950,
    active_tasks: 15,
    current_concurrency: 28,
    base_concurrency: 32,
    memory_percent: 72.5,
    memory_alloc_mb: 1450.23,
    memory_sys_mb: 2000,
  });
});

test("what is unknown is null, not 0", () => {
  const host = nodeState({ percent: undefined, usedBytes: undefined, limitBytes: undefined });
  const stats = statsOf(busyState({ host }), new Counters());
  assert.deepEqual(
    [stats.memory_percent, stats.memory_alloc_mb, stats.memory_sys_mb],
    [null, null, null],
  );
});

test("the admin port answers it as JSON", LIMIT, async (t) => {
  const backend = await serve(t, (_request, response) => response.end());
  const guard = await guardFor(t, [backendAt(backend.port)]);
  await get(guard.port);
  const { status, headers, body } = await get(guard.adminPort, "/stats");
  assert.deepEqual([status, headers["content-type"]], [200, "application/json"]);
  const { total_requests, completed_requests, base_concurrency } = JSON.parse(body);
  assert.deepEqual([total_requests, completed_requests, base_concurrency], [1, 1, 4]);
});
