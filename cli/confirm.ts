import { createInterface } from "node:readline/promises";
import { OperatorError } from "../core/operator-error.ts";

/**
 * Asks for a word before something that cannot be undone at once.
 * @param question what will happen
 * @throws OperatorError when the answer is another one, or there is nobody to ask
 */
export async function confirm(question: string, word: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new OperatorError(`${question}: must be confirmed, got no terminal to ask; add --yes`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question}. Type ${word} to go on: `);
  terminal.close();
  if (answer.trim() === word) return;
  throw new OperatorError(
    `${question}: must be confirmed with ${word}, got "${answer}"; nothing was changed`,
  );
}
