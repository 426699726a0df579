import { containersOf, type Environment } from "../config/environment.ts";
import { containerName, ENVIRONMENT_LABEL, networkName, PROJECT_LABEL } from "../core/names.ts";
import { OperatorError } from "../core/operator-error.ts";
import { containersNamedLike, type FoundContainer } from "./containers.ts";
import { listeningPorts } from "./ports.ts";
import { requireOwnState } from "./state.ts";
import { onTarget, type Target } from "./target.ts";

/** A name that is taken, and the line that frees it. */
interface Taken {
  readonly kind: "container" | "network";
  readonly name: string;
  readonly line: string;
}

function taken({ project, name }: Environment, target: Target, found: Taken): string {
  return (
    `${found.kind} ${found.name}: must belong to ${project}/${name}, got one of somebody else's; ` +
    `set another project in the config, or free the name: ${onTarget(target, found.line)}`
  );
}

function foreignNames(
  environment: Environment,
  target: Target,
  found: readonly FoundContainer[],
): string[] {
  const wanted = containersOf(environment);
  return found
    .filter(({ name, owned }) => !owned && wanted.includes(name))
    .map(({ name }) => {
      const line = `docker rename ${name} ${name}-old`;
      return taken(environment, target, { kind: "container", name, line });
    });
}

async function foreignNetworks(environment: Environment, target: Target): Promise<string[]> {
  const names = (["edge", "app", "data"] as const).map((kind) => networkName(environment, kind));
  const format = `{{.Name}}\t{{.Label "${PROJECT_LABEL}"}}\t{{.Label "${ENVIRONMENT_LABEL}"}}`;
  const { stdout } = await target.docker(["network", "ls", "--format", format]);
  return String(stdout)
    .split("\n")
    .map((line) => line.split("\t"))
    .filter(
      ([name = "", project, owner]) =>
        names.includes(name) && (project !== environment.project || owner !== environment.name),
    )
    .map(([name = ""]) => {
      const line = `docker network rm ${name}`;
      return taken(environment, target, { kind: "network", name, line });
    });
}

async function takenPorts(
  environment: Environment,
  target: Target,
  found: readonly FoundContainer[],
): Promise<string[]> {
  const nginx = containerName(environment, "nginx");
  const ours = found.some(
    ({ name, owned, state }) => name === nginx && owned && state === "running",
  );
  // Our own nginx holds them; a changed port is found out by Docker.
  if (ours) return [];
  const taken = await listeningPorts(target);
  const wanted = [environment.port, ...(environment.tls ? [environment.tls.port] : [])];
  return wanted
    .filter((port) => taken.has(port))
    .map(
      (port) =>
        `environments.${environment.name}.port: must be free on ${target.name}, got ${port}, which something else listens on; ` +
        `stop that (ss -ltnp 'sport = :${port}' shows it) or set another port`,
    );
}

/** @throws OperatorError with everything on the target that stands in the way; nothing was changed then */
export async function preflight(environment: Environment, target: Target): Promise<void> {
  await requireOwnState(environment, target);
  const found = await containersNamedLike(target, environment);
  const problems = [
    ...foreignNames(environment, target, found),
    ...(await foreignNetworks(environment, target)),
    ...(await takenPorts(environment, target, found)),
  ];
  if (problems.length > 0) throw new OperatorError(problems);
}
