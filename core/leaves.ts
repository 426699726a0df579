import type { Figure, Unit } from "./figure.ts";
import type { AskedSpec } from "./spec.ts";

/** The unit is the last word of a spec's key, and not part of the config's. */
const SUFFIXES: readonly (readonly [suffix: string, unit: Unit])[] = [
  ["Bytes", "bytes"],
  ["Ms", "ms"],
];

/** What the operator's config says, as figures that nothing was computed into. */
export class Leaves {
  readonly figures = new Map<string, Figure>();
  readonly #written: ReadonlySet<string> | undefined;

  constructor({ server, services, written }: AskedSpec) {
    this.#written = written;
    this.#walk("server", server);
    this.#walk("services", services);
  }

  /** @throws Error when the spec has no number of that name: a mistake of ours */
  number(id: string): Figure<number> {
    const found = this.figures.get(id);
    if (typeof found?.value !== "number") throw new Error(`no number ${id} in the config`);
    return found as Figure<number>;
  }

  #walk(path: string, value: object): void {
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === "object" && inner !== null) this.#walk(`${path}.${key}`, inner);
      else if (typeof inner === "number" || typeof inner === "string") {
        this.#add(`${path}.${key}`, inner);
      }
    }
  }

  #add(path: string, value: number | string): void {
    const [suffix, unit] = SUFFIXES.find(([end]) => path.endsWith(end)) ?? ["", undefined];
    const id = path.slice(0, path.length - suffix.length);
    const isDefault = this.#written !== undefined && !this.#written.has(id);
    this.figures.set(id, {
      id,
      value,
      unit: unit ?? (typeof value === "number" ? "count" : "word"),
      because: isDefault ? "default of the config key" : "written in the config",
      inputs: [],
      source: isDefault ? "default" : "config",
    });
  }
}
