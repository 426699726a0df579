import type { Figure, Unit } from "./figure.ts";
import type { AskedSpec } from "./spec.ts";

/** The unit is the last word of a spec's key, and not part of the config's, whose values carry it. */
const SUFFIXES: readonly (readonly [suffix: string, unit: Unit])[] = [
  ["Bytes", "bytes"],
  ["Ms", "ms"],
];
/** Of plain numbers: part of the config's key too. */
const LONG_UNITS: readonly (readonly [suffix: string, unit: Unit])[] = [
  ["PerSecond", "perSecond"],
  ["Percent", "percent"],
];

/** What the operator's config says, as figures that nothing was computed into. */
export class Leaves {
  readonly figures = new Map<string, Figure>();
  readonly #written: ReadonlySet<string> | undefined;

  constructor({ project: _, name: __, written, ...config }: AskedSpec) {
    this.#written = written;
    this.#walk("", config);
  }

  /** The operator's own number; undefined where the config leaves it to the plan. */
  find(id: string): Figure<number> | undefined {
    return this.figures.has(id) ? this.number(id) : undefined;
  }

  /** @throws Error when the spec has no number of that name: a mistake of ours */
  number(id: string): Figure<number> {
    const found = this.figures.get(id);
    if (typeof found?.value !== "number") throw new Error(`no number ${id} in the config`);
    return found as Figure<number>;
  }

  /** The operator's own word. */
  findWord<Word extends string>(id: string): Figure<Word> | undefined {
    const found = this.figures.get(id);
    return typeof found?.value === "string" ? (found as Figure<Word>) : undefined;
  }

  #walk(prefix: string, value: object): void {
    for (const [key, inner] of Object.entries(value)) {
      const path = `${prefix}${key}`;
      if (typeof inner === "object" && inner !== null) this.#walk(`${path}.`, inner);
      else if (typeof inner === "number" || typeof inner === "string") this.#add(path, inner);
    }
  }

  #add(path: string, value: number | string): void {
    const [suffix, unit] = SUFFIXES.find(([end]) => path.endsWith(end)) ?? ["", undefined];
    const id = path.slice(0, path.length - suffix.length);
    const isDefault = this.#written !== undefined && !this.#written.has(id);
    this.figures.set(id, {
      id,
      value,
      unit: unit ?? unitOf(path, value),
      because: isDefault ? "default of the config key" : "written in the config",
      inputs: [],
      source: isDefault ? "default" : "config",
    });
  }
}

function unitOf(path: string, value: number | string): Unit {
  if (typeof value === "string") return "word";
  return LONG_UNITS.find(([end]) => path.endsWith(end))?.[1] ?? "count";
}
