import assert from "node:assert/strict";
import test from "node:test";
import { type Waiter, WaitQueue } from "../../guard/wait-queue.ts";
import { LIMIT } from "./support.ts";

type Ask = string;

function join(queue: WaitQueue<Ask, number>, ask: Ask): Waiter<Ask, number> {
  const waiter = queue.join(ask);
  if (waiter === "queue_full") throw new Error("the queue is full");
  return waiter;
}

function settleAll(queue: WaitQueue<Ask, number>): void {
  for (let first = queue.first; first; first = queue.first) first.settle(0);
}

test("serves in the order of arrival", () => {
  const queue = new WaitQueue<Ask, number>({ queueRequests: 3, acquireTimeoutMs: 60_000 });
  for (const ask of ["a", "b", "c"]) join(queue, ask);
  const order: string[] = [];
  for (let first = queue.first; first; first = queue.first) {
    order.push(first.ask);
    first.settle(1);
  }
  assert.deepEqual(order, ["a", "b", "c"]);
});

test("is full at its bound, and has room again when one leaves from the middle", async () => {
  const queue = new WaitQueue<Ask, number>({ queueRequests: 3, acquireTimeoutMs: 60_000 });
  join(queue, "a");
  const middle = join(queue, "b");
  join(queue, "c");
  assert.equal(queue.join("d"), "queue_full");
  middle.settle("client_gone");
  assert.equal(await middle.outcome, "client_gone");
  assert.equal(queue.depth, 2);
  join(queue, "d");
  settleAll(queue);
});

test("the first outcome stands", async () => {
  const queue = new WaitQueue<Ask, number>({ queueRequests: 1, acquireTimeoutMs: 60_000 });
  const waiter = join(queue, "a");
  waiter.settle(7);
  waiter.settle("client_gone");
  assert.equal(await waiter.outcome, 7);
  assert.equal(queue.depth, 0);
});

test("gives up after the acquire timeout", LIMIT, async () => {
  const queue = new WaitQueue<Ask, number>({ queueRequests: 1, acquireTimeoutMs: 20 });
  assert.equal(await join(queue, "a").outcome, "acquire_timeout");
  assert.equal(queue.depth, 0);
});

test("a timeout of 0 means that nobody waits", () => {
  const queue = new WaitQueue<Ask, number>({ queueRequests: 5, acquireTimeoutMs: 0 });
  assert.equal(queue.join("a"), "queue_full");
});
