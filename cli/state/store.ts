import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import { hashOf, placeText, type StatePlace } from "../../stacks/state-place.ts";
import { parseState, type StateDocument } from "./document.ts";
import { type LockHolder, lockHolder } from "./lock-holder.ts";

/** The state of one stack, reached by Terraform itself. */
export interface StateStore {
  readonly stack: string;
  readonly place: StatePlace;
  /** Where Terraform knows the backend. */
  readonly folder: string;
  /** @returns undefined where nothing was ever written */
  pull(): Promise<StateDocument | undefined>;
  /**
   * Writes it, under its lock.
   * @param force also over another state, or a newer one
   */
  push(document: StateDocument, force?: boolean): Promise<void>;
  /** Whoever holds its lock right now: takes the lock and gives it back. */
  holder(): Promise<LockHolder | undefined>;
}

export interface StoreOptions {
  readonly stack: string;
  readonly place: StatePlace;
  /** For what Terraform keeps about backends. */
  readonly folder: string;
  /** What Terraform needs on this machine, from the set-up. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** It only has to be free of a name that a stack uses: an address that is not there changes nothing. */
const NO_RESOURCE = "terraform_data.plimsoll_lock";

/** Another one who only asks has given the lock back by then. */
const LOOK_TIMEOUT = "-lock-timeout=2s";

/**
 * A state names the providers of its resources, and `init` fetches them. Nothing here starts one: Terraform is told that
 * it already runs, and leaves it alone.
 */
const NO_PROVIDER = JSON.stringify({
  "kreuzwerker/docker": {
    ...{ Protocol: "grpc", ProtocolVersion: 5, Pid: 1, Test: true },
    Addr: { Network: "unix", String: "/nonexistent" },
  },
});

function snakeCase(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    snakeCase(inner),
  ]);
  return Object.fromEntries(entries);
}

/** What Terraform is told: a backend and nothing else, so that it needs no provider. */
export function backendText({ backend, settings }: StatePlace): string {
  return `${JSON.stringify({ terraform: { backend: { [backend]: snakeCase(settings) } } })}\n`;
}

async function terraform(options: StoreOptions, args: readonly string[], reject = true) {
  const { variables, folder, stack, place } = options;
  const binary = variables["TERRAFORM_BINARY_NAME"] ?? "terraform";
  const { exitCode, stdout, stderr } = await execa(binary, args, {
    cwd: folder,
    env: { ...variables, TF_REATTACH_PROVIDERS: NO_PROVIDER },
    reject: false,
    stdin: "ignore",
  });
  if (exitCode === 0 || !reject) return { stdout, stderr };
  const words = stderr.slice(Math.max(0, stderr.indexOf("Error:"))).trim();
  throw new OperatorError([
    `state of ${stack}: terraform ${args[0]} ${args[1]} must reach ${placeText(place)}, got exit code ${exitCode}; put the cause right and run it again`,
    words,
  ]);
}

async function initialize(options: StoreOptions): Promise<void> {
  const { folder, place } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const known = await access(join(folder, ".terraform", "terraform.tfstate")).then(
    () => true,
    () => false,
  );
  if (known) return;
  await writeFile(join(folder, "main.tf.json"), backendText(place));
  await terraform(options, ["init", "-input=false", "-no-color"]);
}

async function write(options: StoreOptions, document: StateDocument, force: boolean) {
  const file = join(options.folder, "push.tfstate");
  await writeFile(file, JSON.stringify(document), { mode: 0o600 });
  const flags = force ? ["-force"] : [];
  await terraform(options, ["state", "push", ...flags, file]).finally(() => rm(file));
}

/** @throws OperatorError with Terraform's own words when the backend cannot be reached */
export async function openStore(asked: StoreOptions): Promise<StateStore> {
  const { stack, place } = asked;
  // Of one backend for ever: Terraform would ask what to do about another.
  const folder = join(asked.folder, `${stack}-${hashOf(backendText(place))}`);
  const options = { ...asked, folder };
  await initialize(options);
  const pull = async () => parseState((await terraform(options, ["state", "pull"])).stdout);
  return {
    stack,
    place,
    folder,
    pull,
    push: async (document, force = false) => {
      await write(options, document, force);
      // Terraform gives an empty place a lineage of its own at the first write, and takes ours over that.
      if (force && (await pull())?.lineage !== document.lineage) {
        await write(options, document, force);
      }
    },
    holder: async () => {
      const flags = ["-allow-missing", "-no-color", LOOK_TIMEOUT];
      const args = ["untaint", ...flags, NO_RESOURCE];
      const { stderr } = await terraform(options, args, false);
      return lockHolder(stderr);
    },
  };
}
