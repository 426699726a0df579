import type { Environment } from "../../config/environment.ts";
import { stackNames } from "../../stacks/stack-names.ts";
import { placeText, stateText } from "../../stacks/state-place.ts";
import { recordedState } from "../../stacks/state-record.ts";
import { plainTable } from "../table.ts";
import type { Target } from "../target.ts";
import { resourceCount } from "./document.ts";
import { holderText, type LockHolder } from "./lock-holder.ts";
import { knowEngine, type StateAccess, stateStore } from "./shared.ts";

/** Where the state of one stack is, and what it has. */
export interface StackState {
  readonly stack: string;
  readonly place: string;
  readonly resources: number;
  /** 0 where nothing was ever written. */
  readonly serial: number;
  readonly lineage: string;
  /** Whoever holds the lock; an empty one where the backend does not tell who. */
  readonly lock: LockHolder | undefined;
}

export interface StateOverview {
  readonly environment: string;
  /** Where the state is. */
  readonly place: string;
  /** Where the config says that it is. */
  readonly configured: string;
  readonly stacks: readonly StackState[];
}

async function stackState(access: StateAccess, stack: string): Promise<StackState> {
  const store = await stateStore(access, stack);
  const lock = await store.holder();
  const document = await store.pull();
  return {
    stack,
    place: placeText(store.place),
    resources: resourceCount(document),
    serial: document?.serial ?? 0,
    lineage: document?.lineage ?? "",
    lock,
  };
}

/** Where an environment's state is, stack by stack. Changes nothing. @throws OperatorError when it cannot be reached */
export async function stateOverview(access: StateAccess, target: Target): Promise<StateOverview> {
  const { environment, variables } = access;
  const state = recordedState(environment) ?? environment.state;
  const there: Environment = { ...environment, state };
  await knowEngine(there, target);
  const stacks: StackState[] = [];
  for (const stack of stackNames(there)) {
    stacks.push(await stackState({ environment: there, variables }, stack));
  }
  const configured = stateText(environment.state);
  return { environment: environment.name, place: stateText(state), configured, stacks };
}

/** For people. */
export function overviewText({ environment, place, configured, stacks }: StateOverview): string {
  const rows = stacks.map((one) => [
    one.stack,
    one.resources,
    one.serial || "-",
    one.lock ? holderText(one.lock) : "free",
    one.place,
  ]);
  const head = ["stack", "resources", "serial", "lock", "where"];
  const table = plainTable(rows, { head, align: "lrrll" });
  if (place === configured) return table;
  return `${table}\n\nthe config says ${configured}; ./plimsoll state move ${environment} moves it there`;
}
