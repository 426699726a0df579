import type { SlicedTier } from "../allocation/slices.ts";
import type { Plan } from "../plan.ts";
import type { Problem } from "../problem.ts";
import { formatMib } from "../units.ts";
import type { Rule } from "./rule.ts";
import { HEADROOM_SHARE } from "./sum.ts";

/** Only where no reservation is above its limit: otherwise that rule has said it. */
function inOrder({ slices, memory }: Plan, tier: SlicedTier): Problem[] {
  if (memory.lines.some((line) => line.reservationBytes > line.limitBytes)) return [];
  const { lowBytes, highBytes, maxBytes } = slices[tier];
  if (lowBytes <= highBytes && highBytes < maxBytes) return [];
  return [
    {
      path: `slices.${tier}`,
      rule: "MemoryLow is at most MemoryHigh, and that below MemoryMax",
      got: [lowBytes, highBytes, maxBytes].map(formatMib).join(", "),
      fix: "lower the reservations of its services",
    },
  ];
}

function protects({ slices, memory }: Plan, tier: SlicedTier): Problem[] {
  const reservedBytes = memory.lines
    .filter((line) => line.tier === tier)
    .reduce((total, line) => total + line.reservationBytes, 0);
  if (slices[tier].lowBytes >= reservedBytes) return [];
  return [
    {
      path: `slices.${tier}`,
      rule: `MemoryLow covers the reservations inside, ${formatMib(reservedBytes)}`,
      got: formatMib(slices[tier].lowBytes),
      fix: "lower the reservations of its services",
    },
  ];
}

/** Only where the sum fits: otherwise that rule has said it. */
function maximaFit({ slices, memory }: Plan): Problem[] {
  const { lines, serverBytes, headroomBytes } = memory;
  if (headroomBytes < HEADROOM_SHARE * serverBytes) return [];
  const reserveBytes = lines
    .filter(({ tier }) => tier === "reserve")
    .reduce((total, line) => total + line.limitBytes, 0);
  const maximaBytes = Object.values(slices).reduce((total, { maxBytes }) => total + maxBytes, 0);
  if (reserveBytes + maximaBytes <= serverBytes) return [];
  return [
    {
      path: "server.memory",
      rule: `the reserve and the slices' MemoryMax sum to ${formatMib(reserveBytes + maximaBytes)}`,
      got: formatMib(serverBytes),
      fix: "ask for less, or take a larger server",
    },
  ];
}

/** A reservation protects only what every slice around it protects, and a tier is slowed before it is killed. */
export const slices: Rule = (plan) => [
  ...(Object.keys(plan.slices) as SlicedTier[]).flatMap((tier) => [
    ...inOrder(plan, tier),
    ...protects(plan, tier),
  ]),
  ...maximaFit(plan),
];
