import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type LeaseAsk, Leases, MAX_LEASES } from "../../guard/leases.ts";
import { LIMIT, until } from "./support.ts";

/** A ledger with so much room, and what is taken of it. */
class Room {
  taken = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  reserve(_backend: string, bytes: number): (() => void) | string {
    if (this.taken + bytes > this.#limit) return "host_memory";
    this.taken += bytes;
    return () => {
      this.taken -= bytes;
    };
  }
}

const ask = (bytes: number, more: Partial<LeaseAsk> = {}): LeaseAsk => ({
  backend: "a",
  bytes,
  ttlMs: 60_000,
  ...more,
});

function take(leases: Leases, asked: LeaseAsk): string {
  const lease = leases.take(asked);
  assert.ok(typeof lease !== "string", String(lease));
  return lease.id;
}

test("bytes are taken in the ledger until the lease is released", () => {
  const room = new Room(100);
  const leases = new Leases(room);
  const id = take(leases, ask(70));
  take(leases, ask(20, { backend: "b" }));
  assert.equal(leases.take(ask(11)), "host_memory");
  assert.deepEqual([room.taken, leases.count, leases.bytes], [90, 2, 90]);
  assert.equal(leases.release(id), true);
  assert.equal(leases.release(id), false);
  assert.equal(room.taken, 20);
  leases.close();
  assert.deepEqual([room.taken, leases.count], [0, 0]);
});

test("a lease that nobody renews ends with its time", LIMIT, async () => {
  const room = new Room(100);
  const leases = new Leases(room);
  const renewed = take(leases, ask(10, { ttlMs: 5 }));
  assert.equal(leases.renew(renewed, 60_000), true);
  take(leases, ask(20, { ttlMs: 5 }));
  await until("the other one is gone", () => room.taken === 10);
  assert.equal(leases.renew("nobody"), false);
  leases.close();
});

test("there are never more than so many", () => {
  const leases = new Leases(new Room(Number.POSITIVE_INFINITY));
  for (let index = 0; index < MAX_LEASES; index += 1) take(leases, ask(1));
  assert.equal(leases.take(ask(1)), "leases_full");
  leases.close();
});

test("whatever is taken, renewed and released: the ledger holds the sum of what is held", () => {
  const step = fc.record({ bytes: fc.integer({ min: 1, max: 50 }), release: fc.nat(30) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const room = new Room(200);
      const leases = new Leases(room);
      const ids: string[] = [];
      for (const { bytes, release } of steps) {
        const lease = leases.take(ask(bytes));
        if (typeof lease !== "string") ids.push(lease.id);
        leases.release(ids[release] ?? "none");
        assert.equal(room.taken, leases.bytes);
        assert.ok(room.taken <= 200);
      }
      leases.close();
      assert.equal(room.taken, 0);
    }),
  );
});
