import { plainTable } from "./table.ts";
import { isDrift, type Reading } from "./verify/reading.ts";

/** A value longer than a terminal's column is told by where it first differs. */
const WIDTH = 48;
const CONTEXT = 8;

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

function shown(text: string, from: number): string {
  const line = text.replaceAll("\n", "⏎");
  if (line.length <= WIDTH) return line;
  const start = from > WIDTH - CONTEXT ? from - CONTEXT : 0;
  const cut = line.slice(start, start + WIDTH - 2);
  return `${start > 0 ? "…" : ""}${cut}${start + WIDTH - 2 < line.length ? "…" : ""}`;
}

function row({ subject, setting, declared, live, where }: Reading): string[] {
  const from = firstDifference(declared, live ?? "");
  return [
    subject,
    setting,
    shown(declared, from),
    live === undefined ? "none" : shown(live, from),
    where,
  ];
}

/** Columns: who, setting, declared, live, where. */
export function readingsTable(readings: readonly Reading[]): string {
  return plainTable(readings.map(row), {
    head: ["who", "setting", "declared", "live", "where"],
  });
}

/** One line: how many settings are in force, and in how many places they were read. */
export function summary(readings: readonly Reading[]): string {
  const drift = readings.filter(isDrift).length;
  const inForce = `${readings.length - drift} of ${readings.length} settings are in force`;
  return drift === 0 ? inForce : `${inForce}, ${drift} ${drift === 1 ? "is" : "are"} not`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
};

function xml(text: string): string {
  return text.replace(/[&<>"\n]/g, (character) => ENTITIES[character] ?? character);
}

/** For a CI's test report: one test case a setting. */
export function junit(name: string, readings: readonly Reading[]): string {
  const cases = readings.map((reading) => {
    const head = `    <testcase classname="${xml(`${name}.${reading.subject}`)}" name="${xml(reading.setting)}"`;
    if (!isDrift(reading)) return `${head}/>`;
    const message = `${reading.where}: declared ${reading.declared}, live ${reading.live ?? "none"}`;
    return `${head}>\n      <failure message="${xml(message)}"/>\n    </testcase>`;
  });
  const failures = readings.filter(isDrift).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    `  <testsuite name="plimsoll verify ${xml(name)}" tests="${readings.length}" failures="${failures}">`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}
