import { excessBytes } from "../allocation/allocate.ts";
import { type Change, changesBetween, withChanges } from "../change.ts";
import { violations } from "../invariants/violations.ts";
import { compute } from "../plan.ts";
import type { AskedSpec } from "../spec.ts";
import { largerServer } from "./larger-server.ts";
import { oneKeyChanged } from "./one-key.ts";
import { repaired } from "./repaired.ts";
import { fewerServices, fewerSlots, lowered } from "./shrunk.ts";

/** From the least change to the largest; each makes the ones before where it needs them. */
function* candidates(mended: AskedSpec): Generator<AskedSpec> {
  yield mended;
  yield* oneKeyChanged(mended);
  yield lowered(mended);
  yield lowered(fewerSlots(mended));
  const fewer = fewerServices(mended);
  if (fewer) yield lowered(fewerSlots(fewer));
}

/**
 * The candidate with what its smaller limits no longer carry mended too, such as a heap; undefined where it breaks a
 * rule. The sum is tried first: it is most of what fails, and takes no plan.
 */
function settled(candidate: AskedSpec): AskedSpec | undefined {
  if (excessBytes(candidate) > 0) return undefined;
  const spec = repaired(candidate);
  return violations(compute(spec)).length === 0 ? spec : undefined;
}

/**
 * The nearest plan that holds every rule, as changes to what was asked for; undefined where there is none.
 * `mended` is what was asked for with its single values put right.
 * Mended values come first; then one limit or one number of slots, whichever takes least memory; then all limits;
 * then slots; then whole services, those whose loss frees just enough. Each is planned before it is offered.
 */
export function nearest(asked: AskedSpec, mended: AskedSpec): readonly Change[] | undefined {
  for (const candidate of candidates(mended)) {
    const spec = settled(candidate);
    if (spec) return changesBetween(asked, spec);
  }
  return undefined;
}

/** What was asked for on the smallest server that it fits, likewise. */
export function larger(asked: AskedSpec, mended: AskedSpec): readonly Change[] | undefined {
  const server = largerServer(mended);
  const candidate = server && withChanges(mended, [server]);
  const spec = candidate && settled(candidate);
  return spec && changesBetween(asked, spec);
}
