import { readdirSync, readFileSync } from "node:fs";
import { OperatorError } from "../core/operator-error.ts";

/** What a shell reports for a program that Ctrl-C ended. */
export const INTERRUPTED_EXIT = 130;

/** The operator's Ctrl-C, after everything under way was brought to an end. */
export class Interrupted extends OperatorError {
  constructor(verb: string, environment: string) {
    super(
      `interrupted; what was applied is kept, ./plimsoll ${verb} ${environment} brings up the rest`,
    );
    this.name = "Interrupted";
  }
}

/** Direct children, out of the kernel's own table; none where there is no /proc. */
function childrenOf(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  try {
    return readdirSync(tasks).flatMap((task) =>
      readFileSync(`${tasks}/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** It may have ended by itself in the meantime. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** cdktf would leave its Terraform behind; asked itself, Terraform saves its state and cdktf follows. */
function askToStop(pid: number): void {
  const children = childrenOf(pid);
  for (const one of children.length > 0 ? children : [pid]) signal(one, "SIGINT");
  process.stderr.write("stopping: Terraform finishes what it is at; once more to end it now\n");
}

/** The parent first: it would see its child die, and do something about it. */
function end(pid: number): void {
  const children = childrenOf(pid);
  for (const one of [pid, ...children]) signal(one, "SIGKILL");
}

const exit = () => process.exit(INTERRUPTED_EXIT);
let onInterrupt: () => void = exit;

/** Lets Ctrl-C end the program by way of its exit handlers: locks are freed and temporary folders removed there. */
export function handleInterrupts(): void {
  for (const name of SIGNALS) process.on(name, () => onInterrupt());
}

/**
 * Runs `work` with Ctrl-C in hand: the first one asks the children of `pid` to stop and write down what they
 * did, the next one ends `pid` and them at once.
 * @returns whether there was one
 */
export async function interruptible(pid: number, work: () => Promise<void>): Promise<boolean> {
  let count = 0;
  onInterrupt = () => {
    count += 1;
    if (count === 1) askToStop(pid);
    else end(pid);
  };
  try {
    await work();
  } finally {
    onInterrupt = exit;
  }
  return count > 0;
}
