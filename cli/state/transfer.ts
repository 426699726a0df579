import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OperatorError } from "../../core/operator-error.ts";
import { placeText } from "../../stacks/state-place.ts";
import {
  movedAway,
  movedTo,
  parseState,
  resourceCount,
  type StateDocument,
  sameContent,
} from "./document.ts";
import type { StateStore } from "./store.ts";

/** One stack's state on its way from one place to another. */
export interface Transfer {
  readonly source: StateStore;
  readonly destination: StateStore;
  /** What was found at the source; undefined where nothing was ever written. */
  readonly document: StateDocument | undefined;
  /** What is to be done: `nothing` to be moved, `copied` by a move that was interrupted, or still to `copy`. */
  readonly step: "nothing" | "copied" | "copy";
}

export interface TransferEnds {
  readonly source: StateStore;
  readonly destination: StateStore;
  /** Folder for what was at the source. */
  readonly backups: string;
}

const backupFile = (backups: string, { stack }: StateStore) => join(backups, `${stack}.tfstate`);

async function earlierCopy({ source, backups }: TransferEnds): Promise<StateDocument | undefined> {
  const text = await readFile(backupFile(backups, source), "utf8").catch(() => "");
  return parseState(text);
}

/** Whether what is at the destination may be written over. */
async function isOurs(ends: TransferEnds, there: StateDocument): Promise<boolean> {
  const copy = await earlierCopy(ends);
  return copy !== undefined && sameContent(copy, there);
}

/** @throws OperatorError when the destination has a state that is not this one, or has lost one that was moved elsewhere */
export async function lookAtTransfer(ends: TransferEnds): Promise<Transfer> {
  const { source, destination } = ends;
  const [document, there] = [await source.pull(), await destination.pull()];
  const away = movedTo(document);
  if (away && !there) {
    throw new OperatorError(
      `state of ${source.stack}: must be in ${placeText(source.place)}, got a note that it was moved to ${away}; name that place in the config`,
    );
  }
  const found = { source, destination, document };
  if (!document || resourceCount(document) === 0) return { ...found, step: "nothing" };
  if (!there || resourceCount(there) === 0) return { ...found, step: "copy" };
  if (sameContent(document, there)) return { ...found, step: "copied" };
  if (await isOurs(ends, there)) return { ...found, step: "copy" };
  throw new OperatorError(
    `state of ${source.stack}: ${placeText(destination.place)} must be empty, got another state with ${resourceCount(there)} resources (lineage ${there.lineage}, serial ${there.serial}); ` +
      "name another place in the config, or take down what that state has made",
  );
}

function difference(document: StateDocument, there: StateDocument | undefined): string | undefined {
  if (!there) return "nothing";
  if (there.lineage !== document.lineage) return `lineage ${there.lineage}`;
  if (there.serial < document.serial) return `serial ${there.serial}`;
  if (resourceCount(there) !== resourceCount(document)) return `${resourceCount(there)} resources`;
  return sameContent(there, document) ? undefined : "other bytes";
}

async function requireArrived({ destination }: Transfer, document: StateDocument): Promise<void> {
  const got = difference(document, await destination.pull());
  if (!got) return;
  throw new OperatorError(
    `state of ${destination.stack}: ${placeText(destination.place)} must give back what was written (lineage ${document.lineage}, serial ${document.serial}, ${resourceCount(document)} resources), got ${got}; ` +
      "the old state is untouched: look at the backend, and run it again",
  );
}

/** Writes it to its new place and reads it back. The old one stays. @throws OperatorError when they differ */
export async function copy(transfer: Transfer, backups: string): Promise<void> {
  const { source, destination, document, step } = transfer;
  if (!document || step === "nothing") return;
  await mkdir(backups, { recursive: true, mode: 0o700 });
  const options = { mode: 0o600 };
  await writeFile(backupFile(backups, source), JSON.stringify(document), options);
  // Forced: what is there was looked at, and an empty place would give it a lineage of its own.
  if (step === "copy") await destination.push(document, true);
  await requireArrived(transfer, document);
}

/** A file's owner is this machine alone: it is put away as it is. */
async function putAway({ source, document }: Transfer, backups: string): Promise<void> {
  const now = await source.pull();
  const file = String(source.place.settings["path"]);
  if (document && now && sameContent(now, document)) {
    await rename(file, backupFile(backups, source));
    return;
  }
  throw new OperatorError(
    `state of ${source.stack}: must stay as it was found while it is moved, got a change by another run; run it again`,
  );
}

/**
 * Takes it away from its old place, where a note says where it went.
 * @param to the new place, in words
 * @throws OperatorError when somebody wrote to it meanwhile; both places are as they were then
 */
export async function retire(transfer: Transfer, backups: string, to: string): Promise<void> {
  const { source, destination, document, step } = transfer;
  if (!document || step === "nothing") return;
  if (source.place.backend === "local") return putAway(transfer, backups);
  // Not forced: Terraform compares the serials under the lock, and refuses if somebody has written.
  await source.push(movedAway(document, to));
  if (!movedTo(await destination.pull())) return;
  // Two names of one place: the note is where the state was.
  await destination.push(document, true);
  await requireArrived(transfer, document);
}
