import { type Change, withChanges } from "./change.ts";
import type { Plan } from "./plan.ts";
import { judge } from "./planner.ts";
import type { Refusal } from "./refusal.ts";
import { type AskedSpec, servicesOf } from "./spec.ts";
import { MIB } from "./units.ts";

/** One thing that an operator may want to change, and what comes of it. */
export interface WhatIf {
  readonly question: string;
  readonly change: Change;
  readonly verdict: Plan | Refusal;
}

const MORE_MEMORY_BYTES = 512 * MIB;

function questions({ server, services }: AskedSpec): Omit<WhatIf, "verdict">[] {
  const memory = {
    question: "512 MiB more memory",
    change: { path: ["server", "memoryBytes"], to: server.memoryBytes + MORE_MEMORY_BYTES },
  };
  const apps = servicesOf(services, "app").flatMap(([name, { slots, memoryPerRequestBytes }]) => [
    {
      question: `one more slot of ${name}`,
      change: { path: ["services", name, "slots"], to: slots + 1 },
    },
    {
      question: `half the memory for each request of ${name}`,
      change: {
        path: ["services", name, "memoryPerRequestBytes"],
        to: Math.ceil(memoryPerRequestBytes / 2),
      },
    },
  ]);
  return [...apps, memory];
}

/** Each with everything planned anew: what the config leaves open is shared out again. */
export function whatIfs(asked: AskedSpec): WhatIf[] {
  return questions(asked).map((each) => ({
    ...each,
    verdict: judge(withChanges(asked, [each.change])),
  }));
}
