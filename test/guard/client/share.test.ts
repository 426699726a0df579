import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { limitFromEnvironment, shareOf } from "../../../guard/client/share.ts";

test("the shares of all processes sum to the limit and differ by at most one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.nat(1000), (count, more) => {
      const limit = count + more;
      const shares = Array.from({ length: count }, (_, index) => shareOf(limit, { count, index }));
      assert.equal(
        shares.reduce((sum, share) => sum + share, 0),
        limit,
      );
      assert.ok(Math.max(...shares) - Math.min(...shares) <= 1 && Math.min(...shares) >= 1);
    }),
  );
});

test("20 calls of a model over three processes are 7, 7 and 6", () => {
  const shares = [0, 1, 2].map((index) =>
    limitFromEnvironment("LLM_CONCURRENT_LIMIT", { count: 3, index }, {}),
  );
  assert.deepEqual(shares, [7, 7, 6]);
});

test("the environment decides, and an empty variable does not", () => {
  const one = { count: 1, index: 0 };
  const read = (text: string) =>
    limitFromEnvironment("MAX_CONCURRENT_REQUESTS", one, { MAX_CONCURRENT_REQUESTS: text });
  assert.deepEqual([read("50"), read("")], [50, 100]);
  for (const text of ["0", "-1", "1.5", "many", "100001"]) {
    assert.throws(() => read(text), {
      name: "RangeError",
      message: `MAX_CONCURRENT_REQUESTS: must be a whole number of requests from 1 to 100000, got "${text}"; leave it out for 100`,
    });
  }
});

test("a limit below the number of processes is refused, as is an index that is none", () => {
  assert.throws(() => shareOf(2, { count: 3, index: 0 }), /1 for each of 3 processes, got 2/);
  for (const index of [3, -1, 0.5]) {
    assert.throws(() => shareOf(9, { count: 3, index }), /one of 3 processes from 0/);
  }
});
