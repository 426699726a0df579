import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../config/environment.ts";
import { type StateSettings, state } from "../config/state.ts";
import { OperatorError } from "../core/operator-error.ts";
import { hashOf, placeText, type StateOwner, statePlace, stateText } from "./state-place.ts";
import { readTargetRecord, stateFolder } from "./target-record.ts";

/** Where the state was when this machine last had to do with it; none where it is local. */
const PLACE_FILE = "state.json";
const ID_FILE = "state-id";
const ID_BYTES = 8;
const LOCAL: StateSettings = { backend: "local" };

/** Any stack: what its place has in common with the others' tells one environment from the next. */
const ANY_STACK = "";

/** Whose state it is, and which engine `local` is where somebody has looked. */
export function stateOwner(environment: Environment): StateOwner {
  const engine = readTargetRecord(environment)?.engine;
  return { environment, stateFolder: stateFolder(environment), engine };
}

function contentOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Names of the stacks that have a state in the local folder, whether it has resources or not. */
export function localStacks(environment: Environment): string[] {
  const folder = stateFolder(environment);
  if (!existsSync(folder)) return [];
  const suffix = ".tfstate";
  return readdirSync(folder)
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length));
}

function hasLocalResources(environment: Environment): boolean {
  const folder = stateFolder(environment);
  return localStacks(environment).some((stack) => {
    const text = contentOf(join(folder, `${stack}.tfstate`)) || "{}";
    const { resources = [] } = JSON.parse(text) as { readonly resources?: readonly unknown[] };
    return resources.length > 0;
  });
}

/** Where the state is, as far as this machine knows; undefined where it knows of none. */
export function recordedState(environment: Environment): StateSettings | undefined {
  const text = contentOf(join(stateFolder(environment), PLACE_FILE));
  if (text) return state.parse(JSON.parse(text));
  return hasLocalResources(environment) ? LOCAL : undefined;
}

/**
 * From now on the state is where the config says, and has that id.
 * @returns whether that is news
 */
export function recordState(environment: Environment, id: string): boolean {
  const folder = stateFolder(environment);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, PLACE_FILE);
  const { state: now } = environment;
  const text = now.backend === "local" ? undefined : `${JSON.stringify(now, undefined, 2)}\n`;
  const isNews = contentOf(file) !== text;
  if (text) writeFileSync(file, text);
  else rmSync(file, { force: true });
  writeFileSync(join(folder, ID_FILE), `${id}\n`);
  return isNews;
}

/** The id of a shared state that nothing was written to yet: every operator comes to the same. */
export function firstStateId(environment: Environment): string {
  return hashOf(placeText(statePlace(stateOwner(environment), ANY_STACK)));
}

function localStateId(environment: Environment): string {
  const folder = stateFolder(environment);
  const file = join(folder, ID_FILE);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(ID_BYTES).toString("hex")}\n`);
  return readFileSync(file, "utf8").trim();
}

/**
 * Names this state for ever. A local one's is made the first time; a shared one's is what its resources say, once this
 * machine has looked. It is no part of the target's record, which may be deleted to look again.
 */
export function stateId(environment: Environment): string {
  const looked = existsSync(join(stateFolder(environment), PLACE_FILE));
  if (environment.state.backend === "local" || looked) return localStateId(environment);
  return firstStateId(environment);
}

/**
 * A deploy to another place than the state's would make everything anew.
 * @throws OperatorError when the config names another place than the one where the state is
 */
export function requireSettledState(environment: Environment): void {
  const recorded = recordedState(environment);
  if (!recorded || stateText(recorded) === stateText(environment.state)) return;
  throw new OperatorError(
    `environments.${environment.name}.state: must say where the state is, got ${stateText(environment.state)}, but it is in ${stateText(recorded)}; ` +
      `move it with ./plimsoll state move ${environment.name}, or put the config back`,
  );
}
