import type { Change } from "../change.ts";
import type { Plan } from "../plan.ts";
import type { Problem } from "../problem.ts";
import type { SlotPlan } from "../slot.ts";
import { type AppSpec, servicesOf } from "../spec.ts";
import { formatMib } from "../units.ts";
import { SUPERVISOR_BYTES } from "../workers.ts";
import { isBelowFloor } from "./floors.ts";
import type { Rule } from "./rule.ts";

/** One app and its first slot: the others are the same. */
interface Subject {
  readonly name: string;
  readonly app: AppSpec;
  readonly slot: SlotPlan;
}

/** What the operator wrote is left to the planner again. */
function leftOut({ name }: Subject, key: keyof AppSpec): Change[] {
  return [{ path: ["services", name, key], to: undefined }];
}

function memory(subject: Subject): Problem[] {
  const { name, app, slot } = subject;
  const { workers } = slot;
  if (!workers) return [];
  const wantedBytes = SUPERVISOR_BYTES + workers.workers * workers.workerBytes;
  if (wantedBytes < app.limitBytes) return [];
  return [
    {
      path: `services.${name}.workers`,
      rule: `${workers.workers} processes take ${formatMib(wantedBytes)} before their first request, below the limit`,
      got: formatMib(app.limitBytes),
      fix: "use fewer, or raise the limit",
      repair: [...leftOut(subject, "workers"), ...leftOut(subject, "workerMemoryBytes")],
    },
  ];
}

function connections(subject: Subject, { spec, postgres }: Plan): Problem[] {
  const { name, slot } = subject;
  const [database] = Object.keys(postgres);
  if (database === undefined || slot.processPool >= 1 || isBelowFloor(spec, database)) return [];
  return [
    {
      path: `services.${name}.databasePool`,
      rule: "at least one connection for each process",
      got: `${slot.poolConnections} for ${slot.processes}`,
      fix: "use fewer slots or processes, or raise the database's limit or maxConnections",
      repair: [
        ...leftOut(subject, "databasePool"),
        { path: ["services", database, "maxConnections"], to: undefined },
      ],
    },
  ];
}

function streams(subject: Subject): Problem[] {
  const { name, slot } = subject;
  if (slot.streams < slot.maxConnections) return [];
  return [
    {
      path: `services.${name}.streams`,
      rule: `below maxConnections of ${slot.maxConnections}`,
      got: String(slot.streams),
      fix: "lower it or raise maxConnections",
      repair: [...leftOut(subject, "streams"), ...leftOut(subject, "maxConnections")],
    },
  ];
}

/** A limit of the whole app, divided over its processes. */
function shares(subject: Subject): Problem[] {
  const { name, app, slot } = subject;
  const divided = [
    ["requests", slot.processRequests],
    ["llmRequests", slot.processLlmRequests],
  ] as const;
  return divided
    .filter(([key, share]) => app[key] !== undefined && share < 1)
    .map(([key]) => ({
      path: `services.${name}.${key}`,
      rule: "at least one for each process of each slot",
      got: String(app[key]),
      fix: "raise it, or use fewer slots or processes",
      repair: leftOut(subject, key),
    }));
}

/** A slot's processes fit into its limit, and each gets a share of what is divided among them. */
export const processes: Rule = (plan) =>
  servicesOf(plan.spec.services, "app").flatMap(([name, app]) => {
    const slot = plan.slots.find(({ service }) => service === name);
    if (!slot) return [];
    const subject = { name, app, slot };
    return [
      ...memory(subject),
      ...connections(subject, plan),
      ...streams(subject),
      ...shares(subject),
    ];
  });
