import { GIB, KIB, MIB, MINUTE_MS, SECOND_MS } from "../../core/units.ts";

/** Factors to bytes and ms, by unit in lower case. Postgres' `kB` and Redis' `kb` are both 1024. */
const FACTORS: Readonly<Record<string, number>> = {
  b: 1,
  kb: KIB,
  mb: MIB,
  gb: GIB,
  ms: 1,
  s: SECOND_MS,
  min: MINUTE_MS,
};

/** Bytes or ms of one quantity; undefined where it is none. */
export function inUnits(word: string): number | undefined {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([A-Za-z]+)$/.exec(word) ?? [];
  const factor = FACTORS[unit.toLowerCase()];
  return factor && Number(number) * factor;
}

/** `80MB` and `81920kB` are one number: each quantity in a text is told in bytes or ms, words stay. */
export function sameUnits(text: string): string {
  return text
    .split(" ")
    .map((word) => String(inUnits(word) ?? word))
    .join(" ");
}
