import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { RouteCosts } from "../../guard/route-costs.ts";

function learned(isTold: boolean, ratios: readonly number[]): RouteCosts {
  const costs = new RouteCosts(isTold);
  for (const ratio of ratios) costs.learn(ratio, 100);
  return costs;
}

test("costs what was configured until there are eight requests", () => {
  assert.deepEqual(learned(false, Array(7).fill(0.1)).estimate(100), {
    meanBytes: 100,
    spreadBytes: 0,
  });
  const { meanBytes } = learned(false, Array(8).fill(0.1)).estimate(100);
  assert.equal(Math.round(meanBytes), 10);
});

test("requests under way that have grown beyond what was expected raise it at once", () => {
  const costs = learned(true, Array(8).fill(1));
  costs.raise(2);
  assert.equal(costs.estimate(100).meanBytes, 200);
});

test("and it comes down slowly", () => {
  const costs = learned(true, Array(8).fill(1));
  costs.raise(2);
  costs.learn(1, 100);
  assert.equal(costs.estimate(100).meanBytes, 180);
});

test("a death doubles it, up to eight times", () => {
  const costs = learned(true, Array(8).fill(1));
  const means = [1, 2, 3, 4].map(() => {
    costs.punish();
    return costs.estimate(100).meanBytes;
  });
  assert.deepEqual(means, [200, 400, 800, 800]);
});

test("equal requests leave a spread that is smaller where the size is told", () => {
  const [told, untold] = [true, false].map((isTold) =>
    learned(isTold, Array(64).fill(1)).estimate(100),
  );
  assert.deepEqual([told?.spreadBytes, untold?.spreadBytes], [5, 25]);
});

test("tells how long a request takes", () => {
  assert.equal(learned(true, [1, 1]).durationMs, 100);
});

const ratio = fc.double({ min: 0, max: 100, noNaN: true });

test("is never negative, and grows with what is configured and with a death", () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(ratio, { maxLength: 100 }), (isTold, ratios) => {
      const costs = learned(isTold, ratios);
      const { meanBytes, spreadBytes } = costs.estimate(100);
      assert.ok(meanBytes >= 0 && spreadBytes >= 0);
      assert.ok(costs.estimate(200).meanBytes >= meanBytes);
      costs.punish();
      assert.ok(costs.estimate(100).meanBytes >= meanBytes);
    }),
  );
});
