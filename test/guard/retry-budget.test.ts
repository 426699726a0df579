import assert from "node:assert/strict";
import test from "node:test";
import { RetryBudget } from "../../guard/retry-budget.ts";

const ONE = { maxRetries: 1 };

function taken(budget: RetryBudget): number {
  let count = 0;
  while (budget.tryTake()) count += 1;
  return count;
}

const CASES: [inFlight: number, retries: number][] = [
  [0, 3],
  [15, 3],
  [20, 4],
  [101, 21],
];
for (const [inFlight, retries] of CASES) {
  test(`with ${inFlight} under way ${retries} may be repeated at once`, () => {
    const budget = new RetryBudget(
      ONE,
      () => inFlight,
      () => false,
    );
    assert.equal(taken(budget), retries);
    budget.giveBack();
    assert.equal(taken(budget), 1);
  });
}

test("none under pressure, and none where none is wanted", () => {
  assert.equal(
    taken(
      new RetryBudget(
        ONE,
        () => 100,
        () => true,
      ),
    ),
    0,
  );
  const budget = new RetryBudget(
    { maxRetries: 0 },
    () => 100,
    () => false,
  );
  assert.equal(taken(budget), 0);
  budget.configure(ONE);
  assert.equal(taken(budget), 20);
});
