import { formatMib } from "../units.ts";
import type { Rule } from "./rule.ts";

/** Without a page cache every read of a binary goes to the disk: the server thrashes before it is full. */
export const HEADROOM_SHARE = 0.08;

/** Reserve, door, services and batch fit the server, and the page cache is left its part. */
export const sum: Rule = ({ memory }) => {
  const usedBytes = memory.lines.reduce((total, line) => total + line.limitBytes, 0);
  const neededBytes = Math.ceil(usedBytes / (1 - HEADROOM_SHARE));
  if (usedBytes + memory.headroomBytes === memory.serverBytes && neededBytes <= memory.serverBytes)
    return [];
  return [
    {
      path: "server.memory",
      rule:
        `reserve and limits sum to ${formatMib(usedBytes)}, ` +
        `with a page cache of ${HEADROOM_SHARE * 100} % ${formatMib(neededBytes)}`,
      got: formatMib(memory.serverBytes),
      fix: "ask for less, or take a larger server",
    },
  ];
};
