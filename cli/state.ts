import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { containersOf, type Environment } from "../config/environment.ts";
import { STATE_LABEL } from "../core/names.ts";
import { OperatorError } from "../core/operator-error.ts";
import { stackNames, stackOfContainer } from "../stacks/stack-names.ts";
import { stateText } from "../stacks/state-place.ts";
import { localStacks, stateId } from "../stacks/state-record.ts";
import { stateFolder } from "../stacks/target-record.ts";
import { type FoundContainer, ownContainers } from "./containers.ts";
import { leftovers, leftoversRemoval, leftoversText } from "./leftovers.ts";
import type { Report } from "./report.ts";
import { emptied, idsIn, parseState, type StateDocument } from "./state/document.ts";
import {
  isShared,
  pullStates,
  requireUnlocked,
  type StateAccess,
  stateStore,
} from "./state/shared.ts";
import type { Target } from "./target.ts";

/** What looks after the state of an environment on its target. */
export interface StateRun extends StateAccess {
  readonly target: Target;
  readonly report: Report;
}

const localFile = (environment: Environment, stack: string) =>
  join(stateFolder(environment), `${stack}.tfstate`);

async function localStates(environment: Environment): Promise<StateDocument[]> {
  const files = localStacks(environment).map((stack) => localFile(environment, stack));
  const states = files.map(async (file) => parseState(await readFile(file, "utf8")));
  return (await Promise.all(states)).flatMap((state) => state ?? []);
}

/** Those of the config, and those of slots that it no longer has. */
function stacksOf(environment: Environment, containers: readonly FoundContainer[]): string[] {
  const retired = containers
    .filter(({ name }) => !containersOf(environment).includes(name))
    .map(({ name }) => stackOfContainer(environment, name));
  return [...stackNames(environment), ...retired];
}

const idsOf = (states: readonly StateDocument[]) => new Set(states.flatMap(idsIn));

/** Made by this state; whether it knows of it is another question. */
interface Made {
  readonly containers: readonly FoundContainer[];
  readonly networks: readonly string[];
}

async function madeByState({ environment, target }: StateRun): Promise<Made> {
  const own = stateId(environment);
  const containers = await ownContainers(target, environment);
  const filter = ["--filter", `label=${STATE_LABEL}=${own}`];
  const format = ["--no-trunc", "--format", "{{.ID}}"];
  const { stdout } = await target.docker(["network", "ls", ...filter, ...format]);
  return {
    containers: containers.filter((one) => one.stateId === own),
    networks: String(stdout).split("\n").filter(Boolean),
  };
}

/**
 * Whoever deploys at this moment made what is not written down yet: their locks are asked for after the listing, and the
 * state after the locks. What was listed and is still unknown then, nobody is about to write down.
 */
async function sharedIds(run: StateRun, made: Made): Promise<Set<string>> {
  const { environment, target } = run;
  const stacks = stacksOf(environment, made.containers);
  const isKnown = (ids: Set<string>) =>
    made.containers.every(({ id }) => ids.has(id)) && made.networks.every((id) => ids.has(id));
  const first = await pullStates(run, stacks);
  if (isKnown(idsOf([...first.values()]))) return idsOf([...first.values()]);
  await requireUnlocked(run, stacks);
  const states = await pullStates(run, stacks);
  if (states.size > 0) return idsOf([...states.values()]);
  throw new OperatorError(
    `environments.${environment.name}.state: must know what it made on ${target.name}, got nothing at all in ${stateText(environment.state)}, and ${made.containers.length} containers; ` +
      "correct the config or the variables that lead to the backend, or remove the containers with docker rm",
  );
}

async function knownIds(run: StateRun, made: Made): Promise<Set<string>> {
  if (isShared(run.environment)) return sharedIds(run, made);
  return idsOf(await localStates(run.environment));
}

/**
 * Removes what an interrupted apply made but did not get to write down. Only what carries this
 * environment's labels; none of it holds data.
 */
export async function removeOrphans(run: StateRun): Promise<void> {
  const { target, report } = run;
  const made = await madeByState(run);
  if (made.containers.length + made.networks.length === 0) return;
  const known = await knownIds(run, made);
  for (const { id, name } of made.containers.filter(({ id: one }) => !known.has(one))) {
    report.detail(`removing ${name}, left by an interrupted run`);
    await target.docker(["rm", "--force", "--volumes", id]);
  }
  for (const id of made.networks.filter((one) => !known.has(one))) {
    report.detail(`removing network ${id.slice(0, 12)}, left by an interrupted run`);
    await target.docker(["network", "rm", id]);
  }
}

/** A slot's state goes with its container. */
async function emptyState(run: StateRun, stack: string): Promise<void> {
  const { environment } = run;
  if (!isShared(environment)) return rm(localFile(environment, stack), { force: true });
  const store = await stateStore(run, stack);
  const document = await store.pull();
  if (document) await store.push(emptied(document));
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
export async function removeRetired(run: StateRun): Promise<void> {
  const { environment, target, report } = run;
  for (const { id, name } of await retiredContainers(environment, target)) {
    report.detail(`${name}: no longer in the config; draining and removing it`);
    await target.docker(["stop", id]);
    await target.docker(["rm", "--volumes", id]);
    await emptyState(run, stackOfContainer(environment, name));
  }
}

function wayOut(environment: Environment): string {
  return isShared(environment)
    ? `move that one to ${stateText(environment.state)} with ./plimsoll state move on the machine that deployed them`
    : `copy ${stateFolder(environment)} from the machine that deployed them`;
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
      `that another state made (${first}); ${wayOut(environment)}, ` +
      `or take them away there with ./plimsoll down ${environment.name}, which keeps the data; ` +
      `where that state is lost, this keeps the data too: ${leftoversRemoval(target, found)}`,
  );
}
