import { servicesOf } from "../spec.ts";
import type { Rule } from "./rule.ts";

/** Connections that all slots may open at once are there, beside those kept for the superuser. */
export const pools: Rule = ({ spec, slots, postgres }) => {
  const pooled = slots.reduce((total, { poolConnections }) => total + poolConnections, 0);
  return Object.entries(postgres)
    .filter(
      ([, { maxConnections, superuserConnections }]) =>
        pooled + superuserConnections > maxConnections,
    )
    .map(([name, { maxConnections, superuserConnections }]) => ({
      path: `services.${name}`,
      rule: `the slots' pools hold ${pooled} connections and the superuser ${superuserConnections}`,
      got: `max_connections ${maxConnections}`,
      fix: "use fewer slots or smaller pools",
      repair: servicesOf(spec.services, "app")
        .filter(([, app]) => app.databasePool !== undefined)
        .map(([app]) => ({ path: ["services", app, "databasePool"], to: undefined })),
    }));
};
