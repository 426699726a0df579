import { formatMib } from "../units.ts";
import type { Rule } from "./rule.ts";

/** What the page cache and the unknown are left of a limit. */
const USED_SHARE = 0.9;

/** Every connection open, every sort and vacuum at work: the database still fits into its limit. */
export const worstCase: Rule = ({ memory, postgres }) =>
  Object.entries(postgres).flatMap(([name, { worstBytes, maxConnections, connectionsThatFit }]) => {
    const limitBytes = memory.lines.find(({ who }) => who === name)?.limitBytes ?? 0;
    if (worstBytes <= USED_SHARE * limitBytes) return [];
    return [
      {
        path: `services.${name}.limit`,
        rule: `carries ${connectionsThatFit} connections, and ${maxConnections} take ${formatMib(worstBytes)} at the worst`,
        got: formatMib(limitBytes),
        fix: "raise it, or lower maxConnections or the pools",
      },
    ];
  });
