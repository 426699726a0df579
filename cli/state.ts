import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { containersOf, type Environment } from "../config/environment.ts";
import { containerName, STATE_LABEL } from "../core/names.ts";
import { OperatorError } from "../core/operator-error.ts";
import { stateFolder, stateId } from "../stacks/target-record.ts";
import { type FoundContainer, ownContainers } from "./containers.ts";
import { leftovers, leftoversRemoval, leftoversText } from "./leftovers.ts";
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
  const own = stateId(environment);
  const orphans = (await ownContainers(target, environment)).filter(
    (one) => one.stateId === own && !known.has(one.id),
  );
  for (const { id, name } of orphans) {
    report.detail(`removing ${name}, left by an interrupted run`);
    await target.docker(["rm", "--force", "--volumes", id]);
  }
  const filter = ["--filter", `label=${STATE_LABEL}=${own}`];
  const format = ["--no-trunc", "--format", "{{.ID}}"];
  const { stdout } = await target.docker(["network", "ls", ...filter, ...format]);
  for (const id of String(stdout)
    .split("\n")
    .filter((line) => line !== "" && !known.has(line))) {
    report.detail(`removing network ${id.slice(0, 12)}, left by an interrupted run`);
    await target.docker(["network", "rm", id]);
  }
}

/**
 * The containers that the config no longer has, such as a slot taken out: their stacks are gone from the synthesized
 * code, so cdktf does not see them.
 */
export async function retiredContainers(
  environment: Environment,
  target: Target,
): Promise<FoundContainer[]> {
  const own = stateId(environment);
  const wanted = containersOf(environment);
  const found = await ownContainers(target, environment);
  return found.filter((one) => one.stateId === own && !wanted.includes(one.name));
}

/** Ends the containers that the config no longer has. They get their time to drain. */
export async function removeRetired(
  environment: Environment,
  target: Target,
  report: Report,
): Promise<void> {
  for (const { id, name } of await retiredContainers(environment, target)) {
    report.detail(`${name}: no longer in the config; draining and removing it`);
    await target.docker(["stop", id]);
    await target.docker(["rm", "--volumes", id]);
    const stack = `${environment.name}-app-${name.slice(containerName(environment, "").length)}`;
    await rm(join(stateFolder(environment), `${stack}.tfstate`), { force: true });
  }
}

/**
 * Two operators, or one with two machines, each with a state of their own: the second would make everything anew.
 * @throws OperatorError when the environment was deployed from another state
 */
export async function requireOwnState(environment: Environment, target: Target): Promise<void> {
  const found = await leftovers(environment, target);
  const text = leftoversText(found);
  if (text === undefined) return;
  const [first] = [...found.containers, ...found.networks];
  throw new OperatorError(
    `environments.${environment.name}: must be deployed from one state, got ${text} on ${target.name} ` +
      `that another state made (${first}); copy ${stateFolder(environment)} from the machine that deployed them, ` +
      `or take them away there with ./plimsoll down ${environment.name}, which keeps the data; ` +
      `where that state is lost, this keeps the data too: ${leftoversRemoval(target, found)}`,
  );
}
