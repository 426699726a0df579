import assert from "node:assert/strict";
import test from "node:test";
import { RetryBudget } from "../../guard/retry-budget.ts";
import { SecondTry } from "../../guard/second-try.ts";

function budgetOf(maxRetries: number): RetryBudget {
  return new RetryBudget(
    { maxRetries },
    () => 0,
    () => false,
  );
}

for (const stage of ["connect", "reused", "sent"] as const) {
  test(`there is one, after ${stage}`, () => {
    const second = new SecondTry(budgetOf(1));
    assert.deepEqual([second.take(stage), second.take("connect")], [true, false]);
  });
}

test("only what the backend has had needs the budget, and gives it back", () => {
  const budget = budgetOf(1);
  const tries = (["connect", "reused", "sent"] as const).map((stage) => {
    const second = new SecondTry(budget);
    second.take(stage);
    return second;
  });
  assert.equal(budget.taken, 1);
  for (const second of tries) second.end();
  assert.equal(budget.taken, 0);
});

test("without a budget there is none after sent, and still one after connect", () => {
  const second = new SecondTry(budgetOf(0));
  assert.deepEqual([second.take("sent"), second.take("connect")], [false, true]);
});
