import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type CostSample, RouteCosts } from "../../guard/route-costs.ts";

function sampleOf(ratio: number): CostSample {
  return { expectedBytes: 100, actualBytes: 100 * ratio, durationMs: 100 };
}

function learned(isTold: boolean, ratios: readonly number[]): RouteCosts {
  const costs = new RouteCosts(isTold);
  for (const ratio of ratios) costs.learn(sampleOf(ratio));
  return costs;
}

test("costs what was configured, then what the largest did, until there are eight requests", () => {
  const means = [0, 1, 2, 7, 8].map((count) => {
    const ratios = [0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1].slice(0, count);
    return Math.round(learned(false, ratios).estimate(100).meanBytes);
  });
  assert.deepEqual(means, [100, 40, 40, 40, 14]);
});

test("a size that is told counts twice until there are eight requests", () => {
  assert.equal(learned(true, Array(7).fill(1)).estimate(100).meanBytes, 200);
  assert.equal(learned(true, Array(8).fill(1)).estimate(100).meanBytes, 100);
  assert.equal(learned(true, Array(7).fill(1)).likelyBytes(100), 100);
});

test("what was learned goes as far as it was seen, until the window is full", () => {
  const trials = [0, 3, 63, 64].map((count) => learned(false, Array(count).fill(1)).estimate(100));
  assert.deepEqual(
    trials.map(({ trial }) => trial),
    [
      { seen: 0, configuredBytes: 100 },
      { seen: 3, configuredBytes: 100 },
      { seen: 63, configuredBytes: 100 },
      undefined,
    ],
  );
  assert.equal(learned(true, [1]).estimate(100).trial, undefined);
});

test("of sizes that are told, the error is that of most bytes, not of most requests", () => {
  const costs = new RouteCosts(true);
  for (let count = 0; count < 32; count += 1) {
    costs.learn({ expectedBytes: 1, actualBytes: 0, durationMs: 100 });
    costs.learn({ expectedBytes: 99, actualBytes: 99, durationMs: 100 });
  }
  const { meanBytes, spreadBytes } = costs.estimate(100);
  assert.deepEqual([meanBytes, Math.round(spreadBytes * 100) / 100], [99, 4.95]);
});

test("large requests weigh more than small ones", () => {
  const costs = new RouteCosts(true);
  for (let index = 0; index < 8; index += 1) {
    costs.learn({ expectedBytes: 1, actualBytes: 10, durationMs: 100 });
    costs.learn({ expectedBytes: 99, actualBytes: 99, durationMs: 100 });
  }
  assert.equal(Math.round(costs.estimate(100).meanBytes), 109);
});

test("requests under way that have grown beyond what was expected raise it at once", () => {
  const costs = learned(true, Array(8).fill(1));
  costs.raise(2);
  assert.equal(costs.estimate(100).meanBytes, 200);
});

test("and it comes down slowly", () => {
  const costs = learned(true, Array(8).fill(1));
  costs.raise(2);
  costs.learn(sampleOf(1));
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

test("of requests of unknown size, the large ones under way prove nothing", () => {
  const costs = learned(false, Array(8).fill(1));
  costs.raise(2);
  assert.equal(costs.estimate(100).meanBytes, 100);
});

test("equal requests leave a spread that is smaller where the size is told", () => {
  const [told, untold] = [true, false].map((isTold) =>
    learned(isTold, Array(64).fill(1)).estimate(100),
  );
  assert.deepEqual([told?.spreadBytes, untold?.spreadBytes], [5, 25]);
});

test("errors count only as long as nothing else is known", () => {
  const error = { expectedBytes: 100, actualBytes: 1, durationMs: 1, isError: true };
  const costs = new RouteCosts(false);
  for (let count = 0; count < 8; count += 1) costs.learn(error);
  assert.equal(Math.round(costs.estimate(100).meanBytes), 1);
  for (let count = 0; count < 8; count += 1) costs.learn(sampleOf(2));
  for (let count = 0; count < 64; count += 1) costs.learn(error);
  assert.equal(costs.estimate(100).meanBytes, 200);
});

test("of a program that is started anew the most expensive are kept until there are eight", () => {
  const costs = learned(false, [...Array(57).fill(0.1), ...Array(7).fill(0.5)]);
  costs.doubt();
  assert.equal(costs.estimate(100).meanBytes, 50);
  costs.raise(3);
  assert.equal(costs.estimate(100).meanBytes, 300);
});

test("and so is what was learned in another life of the guard", () => {
  const past = learned(false, [...Array(57).fill(0.1), ...Array(7).fill(0.5)]).samples;
  assert.equal(new RouteCosts(false, past).estimate(100).meanBytes, 50);
});

test("tells how long a request may take", () => {
  const costs = learned(true, [1, 1]);
  costs.learn({ expectedBytes: 100, actualBytes: 100, durationMs: 300 });
  assert.equal(costs.longestMs, 300);
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
