import type { Decision } from "./state.ts";

/** As many as a page shows. */
const KEPT = 50;

/** The last decisions, for those who want to know why. */
export class Decisions {
  #all: Decision[] = [];

  get last(): readonly Decision[] {
    return this.#all;
  }

  add(decision: Decision): void {
    this.#all.push(decision);
    if (this.#all.length > KEPT) this.#all.shift();
  }
}
