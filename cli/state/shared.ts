import { join } from "node:path";
import type { Environment } from "../../config/environment.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { stackNames } from "../../stacks/stack-names.ts";
import { statePlace, stateText } from "../../stacks/state-place.ts";
import {
  recordState,
  requireSettledState,
  stateId,
  stateOwner,
} from "../../stacks/state-record.ts";
import { readTargetRecord, stateFolder } from "../../stacks/target-record.ts";
import { inspectTarget } from "../inspect.ts";
import type { Target } from "../target.ts";
import { movedTo, type StateDocument, stateIdIn } from "./document.ts";
import { forgetBackends } from "./forget.ts";
import { lockProblem } from "./lock-holder.ts";
import { openStore, type StateStore } from "./store.ts";

/** What it takes to get at the state of an environment. */
export interface StateAccess {
  readonly environment: Environment;
  /** What Terraform needs on this machine, from the set-up. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export type States = ReadonlyMap<string, StateDocument>;

/** Whether others may have to do with the state too. */
export function isShared({ state }: Environment): boolean {
  return state.backend !== "local";
}

export function stateStore(
  { environment, variables }: StateAccess,
  stack: string,
): Promise<StateStore> {
  return openStore({
    ...{ stack, variables },
    place: statePlace(stateOwner(environment), stack),
    folder: join(stateFolder(environment), "backends"),
  });
}

/** One by one: Postgres has one lock for all states that are being made. */
export async function pullStates(access: StateAccess, stacks: readonly string[]): Promise<States> {
  const states = new Map<string, StateDocument>();
  for (const stack of stacks) {
    const document = await (await stateStore(access, stack)).pull();
    if (document) states.set(stack, document);
  }
  return states;
}

/** @throws OperatorError naming who holds the lock of one of them */
export async function requireUnlocked(
  access: StateAccess,
  stacks: readonly string[],
): Promise<void> {
  const environment = access.environment.name;
  const problems: string[] = [];
  for (const stack of stacks) {
    const store = await stateStore(access, stack);
    const holder = await store.holder();
    if (holder) problems.push(lockProblem({ environment, stack, holder, folder: store.folder }));
  }
  if (problems.length > 0) throw new OperatorError(problems);
}

function refuseMoved({ name, state }: Environment, states: States): void {
  const [to] = [...states.values()].flatMap((document) => movedTo(document) ?? []);
  if (!to) return;
  throw new OperatorError(
    `environments.${name}.state: must say where the state is, got ${stateText(state)}, from where it was moved to ${to}; ` +
      "take over the config of whoever moved it",
  );
}

/** Which engine `local` is has to be known first: it is part of the state's place. */
export async function knowEngine(environment: Environment, target: Target): Promise<void> {
  if (environment.target !== "local" || !isShared(environment)) return;
  if (!readTargetRecord(environment)?.engine) await inspectTarget(environment, target);
}

/**
 * Looks at a shared state and keeps its id, which synth puts on everything. Nothing to do for a local one.
 * @throws OperatorError when the state is elsewhere, cannot be reached, or was moved away
 */
export async function lookAtState(access: StateAccess, target: Target): Promise<void> {
  const { environment } = access;
  requireSettledState(environment);
  if (!isShared(environment)) return;
  await knowEngine(environment, target);
  const states = await pullStates(access, stackNames(environment));
  refuseMoved(environment, states);
  const [id] = [...states.values()].flatMap((document) => stateIdIn(document) ?? []);
  if (recordState(environment, id ?? stateId(environment))) await forgetBackends(environment);
}

/** Before a change: looks, and sees that nobody else is at it. @throws OperatorError otherwise */
export async function takeUpState(access: StateAccess, target: Target): Promise<void> {
  await lookAtState(access, target);
  if (isShared(access.environment)) {
    await requireUnlocked(access, stackNames(access.environment));
  }
}
