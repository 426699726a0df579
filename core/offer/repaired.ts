import { type Change, withChanges } from "../change.ts";
import { violations } from "../invariants/violations.ts";
import { compute } from "../plan.ts";
import type { AskedSpec } from "../spec.ts";

/** A repair can bring another rule up: a limit that was raised no longer fits, a rounded one is below its floor. */
const ROUNDS = 4;

/** One change for each key: rules that come first are about the value itself. */
function firstOfEach(changes: readonly Change[]): Change[] {
  const paths = changes.map(({ path }) => path.join("."));
  return changes.filter((_, at) => paths.indexOf(paths[at] ?? "") === at);
}

/** The environment with every problem mended that says by itself how. */
export function repaired(asked: AskedSpec): AskedSpec {
  let spec = asked;
  for (let round = 0; round < ROUNDS; round += 1) {
    const repairs = violations(compute(spec)).flatMap(({ repair }) => repair ?? []);
    if (repairs.length === 0) return spec;
    spec = withChanges(spec, firstOfEach(repairs));
  }
  return spec;
}
