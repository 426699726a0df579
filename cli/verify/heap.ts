import { readFile } from "node:fs/promises";
import { type Context, declaredVariables, type Subject } from "./context.ts";
import type { Reading } from "./reading.ts";

/** V8's sizes of a heap, whole MiB. */
const FLAGS = ["max-old-space-size", "max-semi-space-size"] as const;
/** There is no shell in the image. */
const NO_SHELL_EXITS = [126, 127];

/** The last one counts, as it does for V8, which reads dashes and underscores alike. */
export function flagIn(text: string, flag: string): string | undefined {
  const pattern = new RegExp(`--${flag.replaceAll("-", "[-_]")}=(\\d+)`, "g");
  return [...text.matchAll(pattern)].at(-1)?.[1];
}

async function readingsOf({ target }: Context, subject: Subject): Promise<Reading[]> {
  const options = declaredVariables(subject).get("NODE_OPTIONS");
  if (options === undefined) return [];
  const script = await readFile(new URL("./heap.sh", import.meta.url), "utf8");
  const { stdout, exitCode } = await target.docker(
    ["exec", subject.declared.name, "sh", "-c", script],
    { reject: false },
  );
  if (exitCode !== undefined && NO_SHELL_EXITS.includes(exitCode)) return [];
  return FLAGS.flatMap((flag) => {
    const declared = flagIn(options, flag);
    if (declared === undefined) return [];
    const live = flagIn(String(stdout), flag);
    return [{ subject: subject.name, setting: `node --${flag}`, declared, live, where: "/proc" }];
  });
}

/** Heap limits that each slot's Node was started with, whatever a start script made of its variables. */
export async function heapReadings(context: Context): Promise<Reading[]> {
  const all = context.subjects.map((subject) => readingsOf(context, subject));
  return (await Promise.all(all)).flat();
}
