import type { Environment } from "../config/environment.ts";
import { ENVIRONMENT_LABEL, PROJECT_LABEL, STATE_LABEL } from "../core/names.ts";
import { stateId } from "../stacks/target-record.ts";
import { ownContainers } from "./containers.ts";
import { onTarget, type Target } from "./target.ts";

/** Names of what another state made for this environment: Terraform would make it a second time, and fail. */
export interface Leftovers {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
}

async function networksOfOthers(environment: Environment, target: Target): Promise<string[]> {
  const own = stateId(environment);
  const filters = [
    `label=${PROJECT_LABEL}=${environment.project}`,
    `label=${ENVIRONMENT_LABEL}=${environment.name}`,
  ].flatMap((filter) => ["--filter", filter]);
  const format = `{{.Name}}\t{{.Label "${STATE_LABEL}"}}`;
  const { stdout } = await target.docker(["network", "ls", ...filters, "--format", format]);
  return String(stdout)
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split("\t"))
    .filter(([, state]) => state !== own)
    .map(([name = ""]) => name)
    .sort();
}

export async function leftovers(environment: Environment, target: Target): Promise<Leftovers> {
  const own = stateId(environment);
  const containers = (await ownContainers(target, environment))
    .filter((one) => one.stateId !== own)
    .map(({ name }) => name);
  return { containers, networks: await networksOfOthers(environment, target) };
}

const counted = (names: readonly string[], noun: string) =>
  names.length === 0 ? [] : [`${names.length} ${noun}${names.length === 1 ? "" : "s"}`];

/** `2 containers and 1 network`; undefined where nothing is left over. */
export function leftoversText({ containers, networks }: Leftovers): string | undefined {
  const parts = [...counted(containers, "container"), ...counted(networks, "network")];
  return parts.length === 0 ? undefined : parts.join(" and ");
}

/** One line for a shell that takes them away, each container with its time to end. Data and secrets are in volumes, and stay. */
export function leftoversRemoval(target: Target, { containers, networks }: Leftovers): string {
  const names = containers.join(" ");
  const commands = [
    ...(containers.length > 0 ? [`docker stop ${names}`, `docker rm ${names}`] : []),
    ...(networks.length > 0 ? [`docker network rm ${networks.join(" ")}`] : []),
  ];
  return onTarget(target, commands.join(" && "));
}
