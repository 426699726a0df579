import { table } from "./report.ts";
import type { Results } from "./results.ts";

/** The document: what ran, and what came out. */
export function summary({ about, scores }: Results): string {
  return `# Overload\n\n\`\`\`\n${about.join("\n")}\n\n${table(scores)}\n\`\`\`\n`;
}
