import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../config/environment.ts";
import { MIB } from "../../core/units.ts";
import { localWith } from "../support/environments.ts";

const slotWith = (chat: object) => {
  const [slot] = planOf(localWith({ services: { chat } })).slots;
  assert.ok(slot);
  return slot;
};

test("the heap of a node slot leaves room for what V8 does not count", () => {
  const oldSpace = (limit: string) =>
    (slotWith({ slots: 1, limit }).node?.oldSpaceBytes ?? 0) / MIB;
  assert.deepEqual(
    ["200MiB", "256MiB", "300MiB", "320MiB", "384MiB", "512MiB"].map(oldSpace),
    [112, 168, 212, 232, 283, 385],
  );
});

test("a slot is told its requests, streams and connections", () => {
  const { concurrency, streams, maxConnections, poolConnections, processPool } = slotWith({});
  assert.deepEqual(
    [concurrency, streams, maxConnections, poolConnections, processPool],
    [14, 40, 80, 8, 8],
  );
});

test("a Python slot gets as many workers as cpus and memory allow", () => {
  const workers = (chat: object) =>
    slotWith({ runtime: "gunicorn", memoryPerRequest: "12MiB", ...chat }).workers?.workers;
  assert.equal(workers({ slots: 2 }), 1);
  assert.equal(workers({ slots: 1, limit: "500MiB" }), 2);
  assert.equal(workers({ slots: 1, limit: "200MiB" }), 1);
});

test("flags that the worker class ignores are not given", () => {
  const flags = (runtime: "gunicorn" | "uvicorn" | "gevent", ssePaths: string[]) => {
    const { workers } = slotWith({ runtime, ssePaths });
    return [workers?.workerConnections, workers?.workerTimeoutMs, workers?.maxRequests];
  };
  assert.deepEqual(flags("gunicorn", []), [0, 120_000, 1000]);
  assert.deepEqual(flags("gevent", []), [80, 120_000, 1000]);
  assert.deepEqual(flags("uvicorn", []), [80, 0, 0]);
  assert.deepEqual(flags("gunicorn", ["/api/stream"]), [0, 120_000, 0]);
});

test("limits of the whole app are divided over slots and processes", () => {
  const slot = slotWith({
    runtime: "gunicorn",
    workers: 2,
    workerMemory: "60MiB",
    requests: 100,
    llmRequests: 20,
  });
  assert.deepEqual([slot.processRequests, slot.processLlmRequests, slot.processPool], [25, 5, 4]);
});

test("pools share what a fixed max_connections leaves; a fixed pool is kept", () => {
  const pools = (patch: object) =>
    planOf(localWith({ services: { postgres: { maxConnections: 20 }, ...patch } })).slots.map(
      ({ poolConnections }) => poolConnections,
    );
  assert.deepEqual(pools({}), [6, 6]);
  assert.deepEqual(pools({ chat: { databasePool: 4 } }), [4, 4]);
});
