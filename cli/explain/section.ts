import { markdownTable } from "../markdown.ts";
import { plainTable } from "../table.ts";
import { COLUMNS, wrapped } from "./wrap.ts";

/** A part of the budget: a table whose last column may be a sentence. */
export interface Section {
  readonly title: string;
  /** What is to be known before the table. @default nothing */
  readonly note?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** A letter for each column: `l` or `r`. */
  readonly align: string;
}

const GAP = 2;
/** Below it a sentence becomes a column of words. */
const NARROWEST = 24;

/** The last column is wrapped into what the others leave of 80 columns. */
function inColumns({ head, rows, align }: Section): string {
  const others = head.slice(0, -1).map((title, at) => {
    return Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)) + GAP;
  });
  const room = Math.max(NARROWEST, COLUMNS - others.reduce((sum, width) => sum + width, 0));
  const cut = rows.map((row) => [...row.slice(0, -1), wrapped(row.at(-1) ?? "", room).join("\n")]);
  return plainTable(cut, { head, align });
}

/** For a terminal. */
export function sectionText(section: Section): string {
  const note = section.note ? [...wrapped(section.note, COLUMNS), ""] : [];
  return [section.title, "", ...note, inColumns(section)].join("\n");
}

/** For a file that is reviewed. */
export function sectionMarkdown({ title, note, head, rows, align }: Section): string {
  return [`## ${title}`, ...(note ? [note] : []), markdownTable(head, rows, align)].join("\n\n");
}
