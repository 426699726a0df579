import { excessBytes } from "../allocation/allocate.ts";
import { type Change, withChanges } from "../change.ts";
import type { AskedSpec } from "../spec.ts";
import { MIB } from "../units.ts";

/** The smallest server, bytes, on which all of it fits, whole MiB; undefined where this one is not too small. */
export function largerServer(asked: AskedSpec): Change | undefined {
  const path = ["server", "memoryBytes"];
  const lacks = (mib: number) => excessBytes(withChanges(asked, [{ path, to: mib * MIB }])) > 0;
  let small = Math.floor(asked.server.memoryBytes / MIB);
  if (!lacks(small)) return undefined;
  let large = Math.max(1, small) * 2;
  while (lacks(large)) [small, large] = [large, large * 2];
  while (large - small > 1) {
    const middle = Math.floor((small + large) / 2);
    if (lacks(middle)) small = middle;
    else large = middle;
  }
  return { path, to: large * MIB };
}
