import { hostname } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../config/environment.ts";
import { stackNames } from "../../stacks/stack-names.ts";
import { stateText } from "../../stacks/state-place.ts";
import { localStacks, recordedState, recordState, stateId } from "../../stacks/state-record.ts";
import { stateFolder } from "../../stacks/target-record.ts";
import type { Report } from "../report.ts";
import type { Target } from "../target.ts";
import { resourceCount, stateIdIn } from "./document.ts";
import { forgetBackends } from "./forget.ts";
import { isShared, knowEngine, lookAtState, requireUnlocked, stateStore } from "./shared.ts";
import { copy, lookAtTransfer, retire, type Transfer } from "./transfer.ts";

export interface MoveRun {
  readonly environment: Environment;
  readonly target: Target;
  /** What Terraform needs on this machine, from the set-up. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
}

/** One stack's state that has come to another place. */
export interface MovedStack {
  readonly stack: string;
  readonly resources: number;
  readonly serial: number;
  readonly lineage: string;
}

export interface Moved {
  /** In words, as `./plimsoll state` shows it. */
  readonly from: string;
  readonly to: string;
  readonly stacks: readonly MovedStack[];
  /** Folder with what was at the old place. */
  readonly backups: string;
}

interface Route extends MoveRun {
  /** The environment with its state where it was. */
  readonly before: Environment;
  readonly stacks: readonly string[];
  readonly backups: string;
}

function placeOf(environment: Environment): string {
  const text = stateText(environment.state);
  return isShared(environment) ? text : `${text} on ${hostname()}`;
}

function stacksAt(before: Environment): string[] {
  const local = isShared(before) ? [] : localStacks(before);
  return [...new Set([...stackNames(before), ...local])];
}

async function transfersOf({ before, stacks, backups, ...run }: Route): Promise<Transfer[]> {
  const { environment, variables, report } = run;
  const transfers: Transfer[] = [];
  for (const stack of stacks) {
    report.detail(`${stack}: looking at both places`);
    const source = await stateStore({ environment: before, variables }, stack);
    const destination = await stateStore({ environment, variables }, stack);
    transfers.push(await lookAtTransfer({ source, destination, backups }));
  }
  return transfers;
}

async function carry(route: Route, transfers: readonly Transfer[]): Promise<void> {
  const { environment, report, backups } = route;
  for (const transfer of transfers) {
    await copy(transfer, backups);
    if (transfer.step !== "nothing") {
      report.detail(`${transfer.source.stack}: copied, read back, the same`);
    }
  }
  for (const transfer of transfers) await retire(transfer, backups, placeOf(environment));
}

/** The containers keep the id that they have. */
async function record({ environment }: Route, transfers: readonly Transfer[]): Promise<void> {
  const documents = transfers.flatMap(({ document }) => document ?? []);
  const [id] = documents.flatMap((document) => stateIdIn(document) ?? []);
  recordState(environment, id ?? stateId(environment));
  await forgetBackends(environment);
}

const summaryOf = ({ source, document }: Transfer): MovedStack => ({
  stack: source.stack,
  resources: resourceCount(document),
  serial: document?.serial ?? 0,
  lineage: document?.lineage ?? "",
});

/**
 * Moves the state of every stack from where this machine last knew it to where the config says. Everything is looked at before
 * anything is written, and read back before the old place is given up; a move that was interrupted is taken up again.
 * @returns undefined where it is there already
 * @throws OperatorError when a lock is held, or one of the places is not as it has to be
 */
export async function moveState(run: MoveRun): Promise<Moved | undefined> {
  const { environment, target, variables, report } = run;
  const state = recordedState(environment);
  const to = stateText(environment.state);
  if (!state || stateText(state) === to) {
    await lookAtState(run, target);
    return undefined;
  }
  const before = { ...environment, state };
  await knowEngine(environment, target);
  await knowEngine(before, target);
  const [stacks, backups] = [stacksAt(before), join(stateFolder(environment), "moved")];
  const route: Route = { ...run, before, stacks, backups };
  report.step(`moving the state of ${environment.name} from ${stateText(state)} to ${to}`);
  await requireUnlocked({ environment: before, variables }, stacks);
  await requireUnlocked({ environment, variables }, stacks);
  const transfers = await transfersOf(route);
  await carry(route, transfers);
  await record(route, transfers);
  const moved = transfers.filter(({ step }) => step !== "nothing").map(summaryOf);
  return { from: placeOf(before), to: placeOf(environment), stacks: moved, backups };
}
