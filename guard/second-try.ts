import type { Stage } from "./attempt.ts";
import type { RetryBudget } from "./retry-budget.ts";

/** Whether one request may be sent once more, and its part of the budget if it needs one. */
export class SecondTry {
  readonly #budget: RetryBudget;
  #isTaken = false;
  #holdsBudget = false;

  constructor(budget: RetryBudget) {
    this.#budget = budget;
  }

  /** What was never sent costs nothing, nor does what met a closing connection; the rest needs the budget. */
  take(stage: Stage): boolean {
    if (this.#isTaken) return false;
    this.#holdsBudget = stage === "sent" && this.#budget.tryTake();
    this.#isTaken = stage !== "sent" || this.#holdsBudget;
    return this.#isTaken;
  }

  /** The request is over; to be called once. */
  end(): void {
    if (this.#holdsBudget) this.#budget.giveBack();
  }
}
