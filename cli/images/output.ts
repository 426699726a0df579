import { stripVTControlCharacters } from "node:util";
import type { ResultPromise } from "execa";

/** Wide enough for an instruction, narrow enough for a terminal. */
const DETAIL_COLUMNS = 88;

/** The legacy builder (`Step 2/7 : RUN …`) and BuildKit (`#6 [2/4] RUN …`, `#6 [strip 2/4] RUN …`). */
const BUILD_STEP = /^(?:Step (\d+)\/(\d+) : |#\d+ \[(?:\S+ )?(\d+)\/(\d+)\] )(.*)$/;

/** A line of a build's output as progress, or undefined where it is no new step. */
export function buildStep(line: string): string | undefined {
  const match = BUILD_STEP.exec(line);
  if (!match) return undefined;
  const [, step = match[3], steps = match[4], , , instruction = ""] = match;
  return shorten(`step ${step} of ${steps}: ${instruction}`);
}

export function shorten(line: string): string {
  const oneLine = line.replaceAll(/\s+/g, " ").trim();
  return oneLine.length > DETAIL_COLUMNS ? `${oneLine.slice(0, DETAIL_COLUMNS - 1)}…` : oneLine;
}

/**
 * Waits for a program that was started with `all: true, reject: false`, line by line.
 *
 * @returns all that it printed, and whether it failed
 */
export async function follow(
  program: ResultPromise,
  onLine: (line: string) => void,
): Promise<{ output: string; failed: boolean }> {
  for await (const line of program.iterable({ from: "all" })) onLine(String(line));
  const result = await program;
  return { output: plain(String(result.all ?? "")), failed: result.failed };
}

/** Docker colours what a build step writes to its standard error. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll("\r", "");
}
