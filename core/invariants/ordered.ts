import { tell, type Unit } from "../figure.ts";
import type { Problem } from "../problem.ts";

/** One link of a chain: a key of the config and what it is in force as. */
export type Link = readonly [path: string, value: number];

/** Each link is smaller than the next one. */
export function disordered(links: readonly Link[], unit: Unit): Problem[] {
  const told = (value: number) => tell({ value, unit });
  return links.slice(1).flatMap(([path, value], at): Problem[] => {
    const [before, least] = links[at] as Link;
    if (least < value) return [];
    return [
      {
        path,
        rule: `must be above ${before} of ${told(least)}`,
        got: told(value),
        fix: `raise it or lower ${before}`,
      },
    ];
  });
}
