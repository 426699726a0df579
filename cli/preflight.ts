import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../config/environment.ts";
import { containerName, ENVIRONMENT_LABEL, networkName, PROJECT_LABEL } from "../core/names.ts";
import { OperatorError } from "../core/operator-error.ts";
import type { Plan } from "../core/plan.ts";
import { stateFolder } from "../stacks/target-record.ts";
import { containersNamedLike, type FoundContainer, ownContainers } from "./containers.ts";
import { listeningPorts } from "./ports.ts";
import type { Report } from "./report.ts";
import type { Target } from "./target.ts";

interface StateFile {
  readonly resources?: readonly {
    readonly instances: readonly { readonly attributes: { readonly id?: string } }[];
  }[];
}

async function knownIds(environment: Environment): Promise<Set<string>> {
  const folder = stateFolder(environment);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".tfstate"));
  const states = await Promise.all(
    files.map(
      async (file) => JSON.parse((await readFile(join(folder, file), "utf8")) || "{}") as StateFile,
    ),
  );
  const instances = states.flatMap(({ resources = [] }) =>
    resources.flatMap((resource) => resource.instances),
  );
  return new Set(instances.flatMap(({ attributes }) => (attributes.id ? [attributes.id] : [])));
}

/**
 * Removes what an interrupted apply made but did not get to write down. Only what carries this
 * environment's labels; none of it holds data.
 */
export async function removeOrphans(
  environment: Environment,
  target: Target,
  report: Report,
): Promise<void> {
  const known = await knownIds(environment);
  const orphans = (await ownContainers(target, environment)).filter(({ id }) => !known.has(id));
  for (const { id, name } of orphans) {
    report.detail(`removing ${name}, left by an interrupted run`);
    await target.docker(["rm", "--force", "--volumes", id]);
  }
  const labels = [PROJECT_LABEL, ENVIRONMENT_LABEL].map((label, at) => [
    "--filter",
    `label=${label}=${at === 0 ? environment.project : environment.name}`,
  ]);
  const format = ["--no-trunc", "--format", "{{.ID}}"];
  const { stdout } = await target.docker(["network", "ls", ...labels.flat(), ...format]);
  for (const id of String(stdout)
    .split("\n")
    .filter((line) => line !== "" && !known.has(line))) {
    report.detail(`removing network ${id.slice(0, 12)}, left by an interrupted run`);
    await target.docker(["network", "rm", id]);
  }
}

function foreignNames(
  environment: Environment,
  plan: Plan,
  found: readonly FoundContainer[],
): string[] {
  const wanted = plan.memory.lines.flatMap(({ container }) => (container ? [container] : []));
  return found
    .filter(({ name, owned }) => !owned && wanted.includes(name))
    .map(
      ({ name }) =>
        `container ${name}: must belong to ${environment.project}/${environment.name}, got one of somebody else's; ` +
        "rename or remove it, or set another project in the config",
    );
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
    .map(
      ([name]) =>
        `network ${name}: must belong to ${environment.project}/${environment.name}, got one of somebody else's; rename or remove it, or set another project in the config`,
    );
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
export async function preflight(
  environment: Environment,
  plan: Plan,
  target: Target,
): Promise<void> {
  const found = await containersNamedLike(target, environment);
  const problems = [
    ...foreignNames(environment, plan, found),
    ...(await foreignNetworks(environment, target)),
    ...(await takenPorts(environment, target, found)),
  ];
  if (problems.length > 0) throw new OperatorError(problems);
}
