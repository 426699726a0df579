import { formatMib } from "../units.ts";
import type { Rule } from "./rule.ts";

/** gunicorn's arbiter or uvicorn's supervisor. */
const SUPERVISOR_BYTES = 30 * 2 ** 20;

/** A slot's processes fit into its limit, and each gets a share of what is divided among them. */
export const processes: Rule = ({ spec, memory, slots, postgres }) => {
  const hasDatabase = Object.keys(postgres).length > 0;
  return slots
    .filter(({ index }) => index === 1)
    .flatMap((slot) => {
      const limitBytes = memory.lines.find(({ who }) => who === slot.name)?.limitBytes ?? 0;
      const app = spec.services[slot.service];
      const path = `services.${slot.service}`;
      const { workers } = slot;
      const wantedBytes = workers ? SUPERVISOR_BYTES + workers.workers * workers.workerBytes : 0;
      return [
        wantedBytes < limitBytes || {
          path: `${path}.workers`,
          rule: `${workers?.workers} processes take ${formatMib(wantedBytes)} before their first request, below the limit`,
          got: formatMib(limitBytes),
          fix: "use fewer, or raise the limit",
        },
        !hasDatabase ||
          slot.processPool >= 1 || {
            path: `${path}.databasePool`,
            rule: "at least one connection for each process",
            got: `${slot.poolConnections} for ${slot.processes}`,
            fix: "use fewer slots or processes, or raise the database's limit",
          },
        slot.streams < slot.maxConnections || {
          path: `${path}.streams`,
          rule: `below maxConnections of ${slot.maxConnections}`,
          got: String(slot.streams),
          fix: "lower it or raise maxConnections",
        },
        app?.kind !== "app" ||
          divides(app.requests, slot.processRequests) || {
            path: `${path}.requests`,
            rule: "at least one for each process of each slot",
            got: String(app.requests),
            fix: "raise it, or use fewer slots or processes",
          },
        app?.kind !== "app" ||
          divides(app.llmRequests, slot.processLlmRequests) || {
            path: `${path}.llmRequests`,
            rule: "at least one for each process of each slot",
            got: String(app.llmRequests),
            fix: "raise it, or use fewer slots or processes",
          },
      ].filter((problem) => typeof problem === "object");
    });
};

function divides(total: number | undefined, share: number): boolean {
  return total === undefined || share >= 1;
}
