import type { Ask } from "./ask.ts";
import type { Decision } from "./state.ts";

/** What was decided about a request. */
export type Decided = Pick<Decision, "verdict" | "backend" | "binding">;

/** As many as a page shows. */
const KEPT = 50;

/** The last decisions, for those who want to know why. */
export class Decisions {
  #all: Decision[] = [];

  get last(): readonly Decision[] {
    return this.#all;
  }

  add(ask: Ask, { verdict, backend, binding }: Decided): void {
    const { route, criticality, cost } = ask;
    const what = { route: route.name, criticality, costBytes: Math.round(cost.meanBytes) };
    this.#all.push({ timeMs: Date.now(), ...what, verdict, backend, binding });
    if (this.#all.length > KEPT) this.#all.shift();
  }
}
