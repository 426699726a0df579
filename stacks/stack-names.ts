import type { Environment } from "../config/environment.ts";
import { containerName } from "../core/names.ts";
import { servicesOf } from "../core/spec.ts";

/** The stack of one app slot. @param slot such as `chat-2` */
export function slotStack({ name }: Pick<Environment, "name">, slot: string): string {
  return `${name}-app-${slot}`;
}

/** The stack that a slot's container belongs to. */
export function stackOfContainer(environment: Environment, container: string): string {
  return slotStack(environment, container.slice(containerName(environment, "").length));
}

/** Every stack of an environment, in the order in which they are deployed; whether they fit the server or not. */
export function stackNames(environment: Environment): string[] {
  const { name, services } = environment;
  const slots = servicesOf(services, "app").flatMap(([app, { slots: count }]) =>
    Array.from({ length: count }, (_, at) => slotStack(environment, `${app}-${at + 1}`)),
  );
  return [`${name}-host`, `${name}-data`, ...slots, `${name}-edge`];
}
