import { tellChange } from "../../core/change.ts";
import { tell } from "../../core/figure.ts";
import type { MemoryLine } from "../../core/memory-map.ts";
import type { Plan } from "../../core/plan.ts";
import { isRefusal } from "../../core/refusal.ts";
import { toMib } from "../../core/units.ts";
import { type WhatIf, whatIfs } from "../../core/what-if.ts";
import type { Section } from "./section.ts";

function carried({ capacity }: Plan): string[] {
  if (!capacity) return ["-", "-", "-"];
  const { requests, streams, requestsPerSecond } = capacity;
  return [requests, streams, requestsPerSecond].map(({ value }) => tell(value));
}

const services = ({ memory }: Plan): MemoryLine[] =>
  memory.lines.filter(({ tier }) => tier === "service");

/** `postgres 320 -> 240`: limits that differ, MiB, and the lines that are new. */
function changedLimits(before: Plan, after: Plan): string {
  const limits = new Map(services(before).map(({ who, limitBytes }) => [who, limitBytes]));
  return services(after)
    .filter(({ who, limitBytes }) => limits.get(who) !== limitBytes)
    .map(({ who, limitBytes }) => {
      const from = limits.get(who);
      return `${who} ${from === undefined ? "new" : `${toMib(from)} ->`} ${toMib(limitBytes)}`;
    })
    .join(", ");
}

function row(plan: Plan, { question, change, verdict }: WhatIf): string[] {
  if (!isRefusal(verdict)) {
    return [question, ...carried(verdict), changedLimits(plan, verdict) || "no limit changes"];
  }
  const { larger } = verdict;
  const rest = larger?.filter(({ path }) => path.join() !== change.path.join()) ?? [];
  const how = rest.map((each) => tellChange(plan.asked, each)).join(", ");
  return [question, "-", "-", "-", how ? `does not fit; fits with ${how}` : "does not fit"];
}

/** What one more slot, more memory or lighter requests would bring. */
export function whatIfSection(plan: Plan): Section {
  return {
    title: "What if",
    head: ["", "requests", "streams", "a second", "limits, MiB"],
    rows: [
      ["as it is", ...carried(plan), ""],
      ...whatIfs(plan.asked).map((each) => row(plan, each)),
    ],
    align: "lrrrl",
  };
}
