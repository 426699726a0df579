import { resolve } from "node:path";

/** Something that the operator can put right. */
export const OPERATOR_ERROR_EXIT = 2;

/** Results go to stdout, progress to stderr. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

/** Whether results may be coloured: a terminal that can, and neither NO_COLOR nor TERM=dumb. */
export function hasColors(): boolean {
  return process.stdout.isTTY === true && process.stdout.hasColors();
}

/** A path as the operator wrote it: the wrapper changed the folder. */
export function fromOperator(path: string): string {
  return resolve(process.env["PLIMSOLL_CWD"] ?? ".", path);
}
