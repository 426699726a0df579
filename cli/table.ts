import Table, { type TableConstructorOptions } from "cli-table3";

const PLAIN = {
  chars: {
    top: "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    left: "",
    "left-mid": "",
    mid: "",
    "mid-mid": "",
    right: "",
    "right-mid": "",
    middle: "  ",
  },
  style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
} satisfies TableConstructorOptions;

interface Columns {
  /** @default none */
  readonly head?: readonly string[];
  /** A letter for each column: `l` or `r`. @default all to the left */
  readonly align?: string;
}

/** Columns without lines: reads well, and cuts well with standard tools. */
export function plainTable(
  rows: readonly (readonly (string | number)[])[],
  { head = [], align = "" }: Columns = {},
): string {
  const colAligns = [...align].map((letter) => (letter === "r" ? "right" : "left"));
  const table = new Table({ ...PLAIN, head: [...head], colAligns });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
