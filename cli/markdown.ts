const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;

/**
 * A table of GitHub's Markdown.
 * @param align a letter for each column: `l` or `r`; default: all to the left
 */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align = "",
): string {
  const rule = head.map((_, at) => (align[at] === "r" ? "--:" : "---")).join("|");
  return [line(head), `|${rule}|`, ...rows.map(line)].join("\n");
}
