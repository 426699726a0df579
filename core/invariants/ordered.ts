import type { Change } from "../change.ts";
import { configPath } from "../change.ts";
import { tell, type Unit } from "../figure.ts";
import type { Problem } from "../problem.ts";
import type { EnvironmentSpec } from "../spec.ts";

/** Keys of one part of a spec, from the smallest value on, with what is in force. */
export interface Chain<Values extends object> {
  readonly part: "timeouts" | "guard" | "alerts";
  readonly keys: readonly (keyof Values & string)[];
  readonly values: Values;
  readonly unit: Unit;
}

/** Of two links, the operator's own is left out; the later one where both are. */
function repairOf(spec: EnvironmentSpec, part: string, links: readonly string[]): Change[] {
  const written = spec[part as "guard"] as Readonly<Record<string, unknown>> | undefined;
  const key = links.findLast((link) => written?.[link] !== undefined);
  return key === undefined ? [] : [{ path: [part, key], to: undefined }];
}

/** Each value is smaller than the next one. */
export function disordered<Values extends object>(
  spec: EnvironmentSpec,
  { part, keys, values, unit }: Chain<Values>,
): Problem[] {
  const told = (key: keyof Values) => tell({ value: Number(values[key]), unit });
  return keys.slice(1).flatMap((key, at): Problem[] => {
    const before = keys[at] ?? key;
    if (Number(values[before]) < Number(values[key])) return [];
    const earlier = configPath([part, before]);
    return [
      {
        path: configPath([part, key]),
        rule: `must be above ${earlier} of ${told(before)}`,
        got: told(key),
        fix: `raise it or lower ${earlier}`,
        repair: repairOf(spec, part, [before, key]),
      },
    ];
  });
}
