import { floorOf } from "../allocation/floor.ts";
import { configValue } from "../change.ts";
import { formatMib } from "../units.ts";
import { containedIn } from "./contained.ts";
import type { Rule } from "./rule.ts";

const WORKS = {
  app: "a slot that serves one request needs at least",
  postgres: "postgres needs at least",
  redis: "redis needs at least",
} as const;

/** No container below what its program needs; a slot holds its heap, its native memory and one request. */
export const floors: Rule = ({ spec }) =>
  containedIn(spec).flatMap(({ name, service }) => {
    const floorBytes = floorOf(service);
    if (service.limitBytes >= floorBytes) return [];
    return [
      {
        path: `services.${name}.limit`,
        rule: `${WORKS[service.kind]} ${formatMib(floorBytes)}`,
        got: formatMib(service.limitBytes),
        fix: `raise it to ${configValue("Bytes", floorBytes)}`,
        repair: [{ path: ["services", name, "limitBytes"], to: floorBytes }],
      },
    ];
  });
