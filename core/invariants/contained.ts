import type { EnvironmentSpec, ServiceSpec, SiteSpec } from "../spec.ts";

/** A service that has containers of its own, with its name. */
export interface Contained {
  readonly name: string;
  readonly service: Exclude<ServiceSpec, SiteSpec>;
}

export function containedIn({ services }: EnvironmentSpec): Contained[] {
  return Object.entries(services).flatMap(([name, service]) =>
    service.kind === "site" ? [] : [{ name, service }],
  );
}
