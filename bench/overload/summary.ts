import { table } from "./report.ts";
import type { Score } from "./score.ts";

/** The document: what ran, and what came out. */
export function summary(about: readonly string[], scores: readonly Score[]): string {
  return `# Overload\n\n\`\`\`\n${about.join("\n")}\n\n${table(scores)}\n\`\`\`\n`;
}
