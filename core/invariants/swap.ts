import { configValue } from "../change.ts";
import type { Problem } from "../problem.ts";
import type { EnvironmentSpec } from "../spec.ts";
import { formatMib, wholeMib } from "../units.ts";
import { containedIn } from "./contained.ts";
import type { Rule } from "./rule.ts";

/** The rest of the disk holds the system, images, data and logs. */
const DISK_SHARE = 0.5;

function aboveDisk({ server }: EnvironmentSpec): Problem[] {
  const mostBytes = wholeMib(server.diskBytes * DISK_SHARE);
  if (server.swapBytes <= mostBytes) return [];
  return [
    {
      path: "server.swap",
      rule: `at most half of the disk, ${formatMib(mostBytes)}`,
      got: formatMib(server.swapBytes),
      fix: `lower it to ${configValue("Bytes", mostBytes)} or take a larger disk`,
      repair: [{ path: ["server", "swapBytes"], to: mostBytes }],
    },
  ];
}

/** The swap file fits the disk, and everybody's swap the swap file. */
export const swap: Rule = ({ spec, memory }) => {
  const allowedBytes = memory.lines.reduce((total, line) => total + line.swapBytes, 0);
  if (allowedBytes <= spec.server.swapBytes) return aboveDisk(spec);
  const who = containedIn(spec).filter(({ service }) => service.swapBytes > 0);
  return [
    ...aboveDisk(spec),
    {
      path: "server.swap",
      rule: `the swap of ${who.map(({ name }) => name).join(", ")} sums to ${formatMib(allowedBytes)}`,
      got: formatMib(spec.server.swapBytes),
      fix: "leave the services' swap out or enlarge the swap file",
      repair: who.map(({ name }) => ({ path: ["services", name, "swapBytes"], to: undefined })),
    },
  ];
};
