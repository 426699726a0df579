import { servicesOf } from "../core/spec.ts";
import type { Environment } from "./environment.ts";

/** nginx's ports on the target. */
function ports({ port, tls }: Environment): number[] {
  return tls ? [port, tls.port] : [port];
}

/** The first owner of each key keeps it; `clash` is told about every later one. */
function firstOwners<T>(
  claims: readonly { readonly key: string; readonly owner: T }[],
  clash: (first: T, later: T, key: string) => string,
): string[] {
  const owners = new Map<string, T>();
  return claims.flatMap(({ key, owner }) => {
    const first = owners.get(key);
    if (first === undefined) owners.set(key, owner);
    return first === undefined ? [] : [clash(first, owner, key)];
  });
}

function sharedPorts(environments: readonly Environment[]): string[] {
  const claims = environments.flatMap((owner) =>
    ports(owner).map((port) => ({ key: `${port} on ${owner.target}`, owner })),
  );
  return firstOwners(
    claims,
    (first, later, key) =>
      `environments.${later.name}.port: one port of ${later.target} serves one environment, ` +
      `got ${key.split(" ")[0]} like environments.${first.name}; give each its own`,
  );
}

/** Its numbers are of one plan. */
function sharedHosts(environments: readonly Environment[]): string[] {
  const claims = environments
    .filter(({ host, target }) => host && target !== "local")
    .map((owner) => ({ key: owner.target, owner }));
  return firstOwners(
    claims,
    (first, later, target) =>
      `environments.${later.name}.host: one environment describes a server, got ${target} like environments.${first.name}; ` +
      "leave it out of one of them",
  );
}

function sharedPaths({ name, services }: Environment): string[] {
  const claims = servicesOf(services, "app").flatMap(([owner, app]) =>
    [...app.paths, ...app.ssePaths]
      .filter((path, at, all) => all.indexOf(path) === at)
      .map((key) => ({ key, owner })),
  );
  return firstOwners(
    claims,
    (first, later, path) =>
      `environments.${name}.services.${later}.paths: one app for each path, got ${path} like services.${first}; give each its own`,
  );
}

function siteAndApp({ name, services }: Environment): string[] {
  const [site] = servicesOf(services, "site");
  if (!site) return [];
  return servicesOf(services, "app")
    .filter(([, { paths }]) => paths.includes("/"))
    .map(
      ([app]) =>
        `environments.${name}.services.${app}.paths: / belongs to the site ${site[0]}, got an app there too; ` +
        'give the app prefixes such as "/api/"',
    );
}

/** One database, one site, and one Redis of each role: an app finds each under one name. */
function several({ name, services }: Environment): string[] {
  const claims = Object.entries(services).flatMap(([owner, service]) => {
    if (service.kind === "app") return [];
    const key = service.kind === "redis" ? `redis as a ${service.role}` : service.kind;
    return [{ key, owner }];
  });
  return firstOwners(
    claims,
    (first, later, kind) =>
      `environments.${name}.services: one ${kind} at the most, got ${first}, ${later}; keep one`,
  );
}

/** Names that a container, a line of the memory map or an owner of figures has already. */
const TAKEN: ReadonlySet<string> = new Set([
  ...["nginx", "guard", "kernel", "system", "docker", "shims", "batch", "headroom", "offsite"],
  ...[
    "alerts",
    "capacity",
    "container",
    "disk",
    "host",
    "limits",
    "memory",
    "server",
    "services",
    "slots",
  ],
  ...["timeouts", "tls"],
]);

function takenNames({ name, services }: Environment): string[] {
  return Object.keys(services)
    .filter((service) => TAKEN.has(service))
    .map(
      (service) =>
        `environments.${name}.services.${service}: not a name that the stack uses itself, got ${service}; ` +
        "call it by what it does",
    );
}

/** `chat-1` is the first slot of chat, and may not be a service beside it. */
function sharedNames({ name, services }: Environment): string[] {
  const claims = Object.entries(services).flatMap(([owner, service]) =>
    service.kind === "app"
      ? Array.from({ length: service.slots }, (_, at) => ({ key: `${owner}-${at + 1}`, owner }))
      : [{ key: owner, owner }],
  );
  return firstOwners(
    claims,
    (first, later, key) =>
      `environments.${name}.services.${later}: one container for each name, got ${key} of services.${first} too; ` +
      "call it something else",
  );
}

/** What each key allows and together cannot be: one line each. */
export function conflicts(environments: readonly Environment[]): string[] {
  const within = [takenNames, sharedNames, siteAndApp, sharedPaths, several];
  return [
    ...sharedPorts(environments),
    ...sharedHosts(environments),
    ...environments.flatMap((one) => within.flatMap((rule) => rule(one))),
  ];
}
