import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import type { Lease } from "../../../guard/client/lease.ts";
import { Semaphore } from "../../../guard/client/semaphore.ts";

test("serves those who wait in their order, each as soon as it fits", async () => {
  const semaphore = new Semaphore(10);
  const first = await semaphore.acquire({ amount: 7 });
  const order: string[] = [];
  const wait = async (name: string, amount: number) => {
    const lease = await semaphore.acquire({ amount });
    order.push(name);
    return lease;
  };
  const large = wait("large", 8);
  const small = wait("small", 2);
  assert.deepEqual([semaphore.held, semaphore.waiting], [7, 2]);
  assert.equal(semaphore.tryAcquire(1), undefined);
  first.release();
  await Promise.all([large, small]);
  assert.deepEqual(order, ["large", "small"]);
  assert.equal(semaphore.held, 10);
});

test("more than the limit runs alone", async () => {
  const semaphore = new Semaphore(10);
  const lease = await semaphore.acquire({ amount: 1000 });
  assert.equal(semaphore.held, 10);
  lease.release();
  lease.release();
  assert.equal(semaphore.held, 0);
});

test("a wait ends with the signal's reason, and who stood behind it goes on", async () => {
  const semaphore = new Semaphore(10);
  await semaphore.acquire({ amount: 5 });
  const controller = new AbortController();
  const large = semaphore.acquire({ amount: 9, signal: controller.signal });
  const small = semaphore.acquire({ amount: 1 });
  controller.abort(new Error("gone"));
  await assert.rejects(large, /^Error: gone$/);
  await small;
  await assert.rejects(
    semaphore.acquire({ signal: AbortSignal.abort(new Error("early")) }),
    /early/,
  );
});

test("a wait ends at its timeout", async () => {
  const semaphore = new Semaphore(1);
  await semaphore.acquire();
  await assert.rejects(semaphore.acquire({ timeoutMs: 5 }), {
    name: "LeaseRefused",
    reason: "acquire_timeout",
    retryAfterSeconds: 30,
  });
  assert.equal(semaphore.waiting, 0);
});

test("is given back by using", async () => {
  const semaphore = new Semaphore(2);
  {
    using _one = await semaphore.acquire();
    await using _two = await semaphore.acquire();
    assert.equal(semaphore.held, 2);
  }
  assert.equal(semaphore.held, 0);
});

test("a limit or an amount that is none is refused", async () => {
  assert.throws(() => new Semaphore(0), /limit: must be 1 or more, got 0/);
  await assert.rejects(new Semaphore(1).acquire({ amount: Number.NaN }), /amount: must be above 0/);
});

test("never holds more than its limit, and in the end nothing", async () => {
  const amounts = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 20 }), amounts, async (limit, asked) => {
      const semaphore = new Semaphore(limit);
      const work = async (amount: number) => {
        const lease: Lease = await semaphore.acquire({ amount });
        assert.ok(semaphore.held <= limit);
        await Promise.resolve();
        lease.release();
      };
      await Promise.all(asked.map(work));
      assert.deepEqual([semaphore.held, semaphore.waiting], [0, 0]);
    }),
  );
});
