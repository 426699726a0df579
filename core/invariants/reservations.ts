import { configValue } from "../change.ts";
import { formatMib } from "../units.ts";
import { containedIn } from "./contained.ts";
import type { Rule } from "./rule.ts";

/** No more is protected of a container than it may have. */
export const reservations: Rule = ({ spec }) =>
  containedIn(spec)
    .filter(({ service }) => service.reservationBytes > service.limitBytes)
    .map(({ name, service }) => ({
      path: `services.${name}.reservation`,
      rule: `at most the limit of ${formatMib(service.limitBytes)}`,
      got: formatMib(service.reservationBytes),
      fix: `lower it to ${configValue("Bytes", service.limitBytes)}`,
      repair: [{ path: ["services", name, "reservationBytes"], to: service.limitBytes }],
    }));
