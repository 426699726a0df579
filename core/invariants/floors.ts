import { type Contained as ContainedService, floorOf } from "../allocation/floor.ts";
import { configValue } from "../change.ts";
import { leastConnections } from "../connections.ts";
import type { EnvironmentSpec } from "../spec.ts";
import { formatMib } from "../units.ts";
import { type Contained, containedIn } from "./contained.ts";
import type { Rule } from "./rule.ts";

function needs(service: ContainedService, spec: EnvironmentSpec): string {
  switch (service.kind) {
    case "app":
      return "a slot that serves one request needs at least";
    case "postgres":
      return `postgres with ${leastConnections(service, spec)} connections needs at least`;
    case "redis":
      return "redis needs at least";
  }
}

function isBelow({ service }: Contained, spec: EnvironmentSpec): boolean {
  return service.limitBytes < floorOf(service, spec);
}

/** Whether a service of that name has less than its program needs: what else is wrong with it then follows from that. */
export function isBelowFloor(spec: EnvironmentSpec, name: string): boolean {
  return containedIn(spec).some((one) => one.name === name && isBelow(one, spec));
}

/**
 * No container below what its program needs: a slot holds its heap, its native memory and one request, a database its
 * connections.
 */
export const floors: Rule = ({ spec }) =>
  containedIn(spec)
    .filter((one) => isBelow(one, spec))
    .map(({ name, service }) => {
      const floorBytes = floorOf(service, spec);
      const raise = `raise it to ${configValue("Bytes", floorBytes)}`;
      const fixed = service.kind === "postgres" && service.maxConnections !== undefined;
      return {
        path: `services.${name}.limit`,
        rule: `${needs(service, spec)} ${formatMib(floorBytes)}`,
        got: formatMib(service.limitBytes),
        fix: fixed ? `${raise} or leave maxConnections out` : raise,
        repair: fixed
          ? [{ path: ["services", name, "maxConnections"], to: undefined }]
          : [{ path: ["services", name, "limitBytes"], to: floorBytes }],
      };
    });
