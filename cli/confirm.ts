import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { OperatorError } from "../core/operator-error.ts";

/** @returns the answer; an empty one where the terminal is closed */
async function ask(prompt: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // It takes Ctrl-C from the terminal, and keeps it to itself.
  terminal.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const closed = once(terminal, "close").then(() => "");
    // Younger versions of Node reject where older ones answer nothing.
    const answer = terminal.question(prompt).catch(() => "");
    return (await Promise.race([answer, closed])).trim();
  } finally {
    terminal.close();
  }
}

/**
 * Asks for a word before something that costs others, or cannot be undone at once.
 * @param question what will happen
 * @throws OperatorError when the answer is another one, or there is nobody to ask
 */
export async function confirm(question: string, word: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new OperatorError(`${question}: must be confirmed, got no terminal to ask; add --yes`);
  }
  const answer = await ask(`${question}. Type ${word} to go on: `);
  if (answer === word) return;
  throw new OperatorError(
    `${question}: must be confirmed with ${word}, got "${answer}"; nothing was changed`,
  );
}
