import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../config/environment.ts";
import { localWith } from "../support/environments.ts";

const chain = (timeouts: object) => {
  const plan = planOf(localWith({ timeouts })).timeouts;
  return [
    plan.acquireMs,
    plan.heartbeatMs,
    plan.proxyReadMs,
    plan.cdnMs,
    plan.deadlineMs,
    plan.drainMs,
    plan.stopGraceMs,
  ];
};

test("each link of the chain is longer than the one before", () => {
  assert.deepEqual(chain({}), [10_000, 15_000, 75_000, 120_000, 330_000, 340_000, 350_000]);
});

test("what the operator says is kept, and the rest follows from it", () => {
  assert.deepEqual(
    chain({ heartbeat: "10s", deadline: "2m" }),
    [10_000, 10_000, 50_000, 120_000, 120_000, 130_000, 140_000],
  );
});
