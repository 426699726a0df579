import { formatMib } from "../units.ts";
import { isBelowFloor } from "./floors.ts";
import type { Rule } from "./rule.ts";

/** What the page cache and the unknown are left of a limit. */
const USED_SHARE = 0.9;

/** Every connection open, every sort and vacuum at work: the database still fits into its limit. */
export const worstCase: Rule = ({ spec, memory, postgres }) =>
  Object.entries(postgres).flatMap(([name, { worstBytes, maxConnections }]) => {
    const limitBytes = memory.lines.find(({ who }) => who === name)?.limitBytes ?? 0;
    if (worstBytes <= USED_SHARE * limitBytes || isBelowFloor(spec, name)) return [];
    return [
      {
        path: `services.${name}.limit`,
        rule: `holds ${maxConnections} connections, which take ${formatMib(worstBytes)} at the worst, in 90 % of it`,
        got: formatMib(limitBytes),
        fix: "raise it, or lower maxConnections or the pools",
      },
    ];
  });
