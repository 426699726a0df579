import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type Permit, Permits } from "../../guard/permits.ts";

function permits(limit: number, streamLimit: number): Permits {
  return new Permits(limit, streamLimit, () => {});
}

test("gives no more permits than the limit", () => {
  const two = permits(2, 0);
  assert.ok(two.tryAcquire());
  assert.ok(two.tryAcquire());
  assert.equal(two.tryAcquire(), undefined);
  assert.equal(two.active, 2);
});

test("counts a permit released twice once", () => {
  const two = permits(2, 0);
  const permit = two.tryAcquire();
  two.tryAcquire();
  permit?.release("completed");
  permit?.release("completed");
  assert.equal(two.active, 1);
});

test("a stream leaves its place to the next request", () => {
  const one = permits(1, 1);
  const stream = one.tryAcquire();
  assert.equal(stream?.toStream(), true);
  assert.deepEqual([one.active, one.streams], [0, 1]);
  assert.ok(one.tryAcquire());
  stream?.release("completed");
  assert.deepEqual([one.active, one.streams], [1, 0]);
});

test("a stream beyond the cap stays a request", () => {
  const none = permits(1, 0);
  const permit = none.tryAcquire();
  assert.equal(permit?.toStream(), false);
  assert.deepEqual([none.active, none.streams], [1, 0]);
});

test("a released permit cannot become a stream", () => {
  const one = permits(1, 1);
  const permit = one.tryAcquire();
  permit?.release("completed");
  assert.equal(permit?.toStream(), false);
  assert.deepEqual([one.active, one.streams], [0, 0]);
});

test("a lowered limit takes nothing back and lets nobody in until enough is returned", () => {
  const three = permits(3, 0);
  const held = [three.tryAcquire(), three.tryAcquire(), three.tryAcquire()];
  three.resize(1);
  assert.equal(three.active, 3);
  held[0]?.release("completed");
  held[1]?.release("completed");
  assert.equal(three.tryAcquire(), undefined);
  held[2]?.release("completed");
  assert.ok(three.tryAcquire());
});

test("says when a place is free", () => {
  let free = 0;
  const one = new Permits(1, 1, () => {
    free += 1;
  });
  const permit = one.tryAcquire();
  permit?.toStream();
  assert.equal(free, 1);
  permit?.release("completed");
  assert.equal(free, 2);
  one.resize(5);
  assert.equal(free, 3);
});

const STEPS = {
  acquire: (subject: Permits, taken: Permit[]) => {
    const permit = subject.tryAcquire();
    if (permit !== undefined) taken.push(permit);
  },
  stream: (_subject: Permits, taken: Permit[], which: number) => taken[which]?.toStream(),
  release: (_subject: Permits, taken: Permit[], which: number) =>
    taken[which]?.release("completed"),
};
const steps = fc.array(
  fc.tuple(fc.constantFrom<keyof typeof STEPS>("acquire", "stream", "release"), fc.nat(20)),
  { maxLength: 200 },
);

test("never counts below zero or above a limit, whatever the order of calls", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(5), steps, (limit, streamLimit, all) => {
      const subject = permits(limit, streamLimit);
      const taken: Permit[] = [];
      for (const [step, which] of all) {
        STEPS[step](subject, taken, which);
        assert.ok(subject.active >= 0 && subject.active <= limit);
        assert.ok(subject.streams >= 0 && subject.streams <= streamLimit);
      }
      for (const permit of taken) permit.release("completed");
      assert.deepEqual([subject.active, subject.streams], [0, 0]);
    }),
  );
});
