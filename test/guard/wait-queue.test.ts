import assert from "node:assert/strict";
import test from "node:test";
import type { Ask } from "../../guard/ask.ts";
import { type Waiter, WaitQueue } from "../../guard/wait-queue.ts";
import { askOf, LIMIT } from "./support.ts";

function join(queue: WaitQueue<number>, more: Partial<Ask> = {}): Waiter<number> {
  const waiter = queue.join(askOf(more));
  if (waiter === "queue_full") throw new Error("the queue is full");
  return waiter;
}

/** Serves those that `fits` says, and tells whose clients they were. */
function served(queue: WaitQueue<number>, fits: (ask: Ask) => boolean = () => true): string {
  const clients: string[] = [];
  queue.serve((ask) => {
    if (!fits(ask)) return undefined;
    clients.push(ask.client);
    return 1;
  });
  return clients.join("");
}

const LIMITS = { queueRequests: 3, acquireTimeoutMs: 60_000 };

test("serves in the order of arrival", () => {
  const queue = new WaitQueue<number>(LIMITS);
  for (const client of ["a", "b", "c"]) join(queue, { client });
  assert.equal(served(queue), "abc");
  assert.equal(queue.depth, 0);
});

test("serves the more critical first", () => {
  const queue = new WaitQueue<number>(LIMITS);
  join(queue, { client: "a", criticality: "background" });
  join(queue, { client: "b" });
  join(queue, { client: "c", criticality: "critical" });
  assert.equal(served(queue), "cba");
});

test("who fits passes who does not, but not for ever", () => {
  const queue = new WaitQueue<number>({ ...LIMITS, queueRequests: 80 });
  join(queue, { client: "L" });
  const isSmall = ({ client }: Ask) => client !== "L";
  for (let index = 0; index < 64; index += 1) {
    join(queue, { client: "s" });
    assert.equal(served(queue, isSmall), "s");
  }
  join(queue, { client: "s" });
  assert.equal(served(queue, isSmall), "");
  assert.equal(queue.isBlockedFor(askOf()), true);
  assert.equal(queue.isBlockedFor(askOf({ criticality: "high" })), false);
  assert.equal(served(queue), "Ls");
});

test("a full queue turns away the last of a less critical rank", async () => {
  const queue = new WaitQueue<number>(LIMITS);
  for (const client of ["a", "b"]) join(queue, { client });
  const last = join(queue, { client: "c", criticality: "background" });
  assert.equal(queue.join(askOf({ criticality: "background" })), "queue_full");
  join(queue, { client: "d" });
  assert.equal(await last.outcome, "queue_full");
  assert.equal(served(queue), "abd");
});

test("a client that fills the queue makes room for another", async () => {
  const queue = new WaitQueue<number>(LIMITS);
  const [, , last] = [1, 2, 3].map(() => join(queue, { client: "a" }));
  assert.equal(queue.join(askOf({ client: "a" })), "queue_full");
  join(queue, { client: "b" });
  assert.equal(await last?.outcome, "queue_full");
  assert.equal(served(queue), "aab");
});

test("is full at its bound, and has room again when one leaves from the middle", async () => {
  const queue = new WaitQueue<number>({ queueRequests: 3, acquireTimeoutMs: 60_000 });
  join(queue);
  const middle = join(queue);
  join(queue);
  assert.equal(queue.join(askOf()), "queue_full");
  middle.settle("client_gone");
  assert.equal(await middle.outcome, "client_gone");
  assert.equal(queue.depth, 2);
  join(queue);
  served(queue);
});

test("the first outcome stands", async () => {
  const queue = new WaitQueue<number>({ queueRequests: 1, acquireTimeoutMs: 60_000 });
  const waiter = join(queue);
  waiter.settle(7);
  waiter.settle("client_gone");
  assert.equal(await waiter.outcome, 7);
  assert.equal(queue.depth, 0);
});

test("gives up after the acquire timeout", LIMIT, async () => {
  const queue = new WaitQueue<number>({ queueRequests: 1, acquireTimeoutMs: 20 });
  assert.equal(await join(queue).outcome, "acquire_timeout");
  assert.equal(queue.depth, 0);
});

test("a timeout of 0 means that nobody waits", () => {
  const queue = new WaitQueue<number>({ queueRequests: 5, acquireTimeoutMs: 0 });
  assert.equal(queue.join(askOf()), "queue_full");
});

test("before a small request are those that are no larger, and all of a higher rank", () => {
  const queue = new WaitQueue<number>(LIMITS);
  const costing = (meanBytes: number) => ({ cost: { meanBytes, spreadBytes: 0 } });
  join(queue, { client: "a", ...costing(100) });
  join(queue, { client: "b", ...costing(10) });
  join(queue, { client: "c", ...costing(50), criticality: "high" });
  const bytes = [10, 100].map((size) => queue.bytesBefore(askOf(costing(size))));
  assert.deepEqual(bytes, [60, 160]);
});
