import assert from "node:assert/strict";
import test from "node:test";
import { CostModel, costKey } from "../../guard/cost-model.ts";
import type { RouteSettings } from "../../guard/route-settings.ts";
import type { RouteMatch } from "../../guard/routes.ts";

const MIB = 2 ** 20;
const PAGE: RouteMatch = { name: "GET /", settings: undefined, size: undefined };
const settings: RouteSettings = {
  name: "export",
  method: undefined,
  path: "/api/export",
  criticality: "background",
  costBytes: 4 * MIB,
  size: { from: "query", name: "rows", bytesPerUnit: 3000 },
  singleFlight: undefined,
  maxResultBytes: undefined,
};
const rows = (size: number | undefined): RouteMatch => ({ name: "export", settings, size });
const took = (actualBytes: number) => ({ actualBytes, durationMs: 100 });

test("what is expected is the size that is told, else the route's own cost, else the estimate", () => {
  const costs = new CostModel(12 * MIB);
  assert.deepEqual(
    [PAGE, rows(undefined), rows(1000)].map((each) => costs.expectedBytes(each)),
    [12 * MIB, 4 * MIB, 4 * MIB + 3_000_000],
  );
  costs.configure(5 * MIB);
  assert.equal(costs.expectedBytes(PAGE), 5 * MIB);
});

test("a size that adds up to nothing costs a byte, which can be divided by", () => {
  const free = { ...settings, costBytes: undefined };
  const match = { name: "export", settings: free, size: 0 };
  assert.equal(new CostModel(12 * MIB).expectedBytes(match), 1);
});

test("requests that do not tell their size teach nothing of those that do", () => {
  const costs = new CostModel(12 * MIB);
  for (let count = 0; count < 8; count += 1) costs.learn(rows(undefined), took(40 * MIB));
  assert.deepEqual([costKey(rows(undefined)), costKey(rows(1))], ["export (no size)", "export"]);
  assert.equal(costs.likelyBytes(rows(undefined)), 40 * MIB);
  assert.equal(costs.likelyBytes(rows(1000)), 4 * MIB + 3_000_000);
});

test("what was learned is told by route, and goes on in the next life with some doubt", () => {
  const costs = new CostModel(12 * MIB);
  for (let count = 0; count < 8; count += 1) costs.learn(PAGE, took(3 * MIB));
  const [page] = costs.states();
  assert.deepEqual(page, {
    route: "GET /",
    costBytes: 3 * MIB,
    samples: 8,
    lastActualBytes: 3 * MIB,
    lastEstimateBytes: 3 * MIB,
  });
  const next = new CostModel(12 * MIB, costs.history);
  assert.equal(next.estimate(PAGE).meanBytes, 3 * MIB);
  assert.equal(next.longestMs(PAGE), 100);
  assert.equal(next.states()[0]?.samples, 7);
});

test("the history of routes that nobody asked for again is kept", () => {
  const past = { "GET /old": [{ expectedBytes: 1, actualBytes: 2, durationMs: 3 }] };
  const costs = new CostModel(12 * MIB, past);
  costs.learn(PAGE, took(3 * MIB));
  assert.deepEqual(Object.keys(costs.history), ["GET /old", "GET /"]);
});

test("a route named like a property of every object has no past", () => {
  const match = { name: "constructor", settings: undefined, size: undefined };
  assert.equal(new CostModel(12 * MIB).estimate(match).meanBytes, 12 * MIB);
});

test("a program that was started anew puts what its routes cost in doubt, and no others", () => {
  const costs = new CostModel(12 * MIB);
  for (let count = 0; count < 10; count += 1) {
    costs.learn(PAGE, took(3 * MIB));
    costs.learn(rows(1000), took(3 * MIB));
  }
  costs.doubt([PAGE]);
  assert.deepEqual(
    costs.states().map(({ route, samples }) => [route, samples]),
    [
      ["GET /", 7],
      ["export", 10],
    ],
  );
});

test("a route under which the backend died costs twice as much, and growth under way raises it at once", () => {
  const costs = new CostModel(12 * MIB);
  costs.punish(PAGE);
  assert.equal(costs.estimate(PAGE).meanBytes, 24 * MIB);
  const other = { ...PAGE, name: "GET /other" };
  costs.raise(other, 3);
  assert.equal(costs.estimate(other).meanBytes, 36 * MIB);
});
