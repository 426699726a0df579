import { KIB, MIB, SECOND_MS } from "./units.ts";

/** What a value counts. Sizes are bytes and times ms; they get other units only where they are shown. */
export type Unit = "bytes" | "ms" | "count" | "perSecond" | "percent" | "word";

/** Where a figure is written for a program to read: a rendered file, an environment, or the container itself. */
export type Destination =
  | "nginx.conf"
  | "postgresql.conf"
  | "redis.conf"
  | "environment"
  | "container";

/** Why a value is what it is, in words that name the figures it was computed from. */
export interface Reason {
  /** `25 % of postgres.limit 320 MiB`. */
  readonly because: string;
  /** Ids of those figures, in the order of the words. */
  readonly inputs: readonly string[];
}

/** One number (or word) of a plan, and where it comes from. */
export interface Figure<Value extends number | string = number | string> extends Reason {
  /** `postgres.shared_buffers`: who, then the setting in its program's own word. */
  readonly id: string;
  readonly value: Value;
  readonly unit: Unit;
  /** `config`, `default`, or who says so: a manual, a measurement, an estimate. */
  readonly source: string;
  /** Undefined for what only other figures are computed from. */
  readonly writtenIn?: Destination | undefined;
}

/** A figure for each value of a plan: plans are made of figures, so every number is written once. */
export type FiguresOf<Plan> = {
  readonly [Key in keyof Plan]: Figure<Extract<Plan[Key], number | string>>;
};

/** The plain values that templates and stacks read. */
export function valuesOf<Plan extends object>(figures: FiguresOf<Plan>): Plan {
  const plan: Record<string, number | string> = {};
  for (const [key, { value }] of Object.entries<Figure>(figures)) plan[key] = value;
  return plan as Plan;
}

function isFigure(value: object): value is Figure {
  return "id" in value && "because" in value;
}

/** Every figure in a structure of objects, lists and maps, by id, in the order in which they stand. */
export function figuresIn(structure: unknown): Map<string, Figure> {
  const found = new Map<string, Figure>();
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (isFigure(value)) found.set(value.id, value);
    else if (value instanceof Map) value.forEach(walk);
    else Object.values(value).forEach(walk);
  };
  walk(structure);
  return found;
}

/** `320 MiB`, `2560 KiB`, `75 s`, `10/s`, `8 %`, `24`. */
export function tell({ value, unit }: Pick<Figure, "value" | "unit">): string {
  if (typeof value === "string") return value;
  switch (unit) {
    case "bytes":
      return tellBytes(value);
    case "ms":
      return value % SECOND_MS === 0 ? `${value / SECOND_MS} s` : `${value} ms`;
    case "perSecond":
      return `${value}/s`;
    case "percent":
      return `${value} %`;
    default:
      return String(value);
  }
}

function tellBytes(bytes: number): string {
  if (bytes % MIB === 0) return `${bytes / MIB} MiB`;
  return bytes % KIB === 0 ? `${bytes / KIB} KiB` : `${bytes} bytes`;
}

/** Tag of a template: every figure put into the sentence is told with its id and value, and becomes an input. */
export function why(
  text: TemplateStringsArray,
  ...parts: readonly (Figure | string | number)[]
): Reason {
  const inputs: string[] = [];
  const words = parts.map((part) => {
    if (typeof part !== "object") return String(part);
    inputs.push(part.id);
    return `${part.id} ${tell(part)}`;
  });
  const because = text.reduce((all, piece, at) => all + words[at - 1] + piece);
  return { because, inputs };
}

interface Origin {
  readonly source: string;
  /** @default nowhere: other figures are computed from it */
  readonly writtenIn?: Destination;
}

/** Figures of one owner that share where they come from and where they go. */
export class Figures {
  readonly #who: string;
  readonly #origin: Origin;

  constructor(who: string, origin: Origin) {
    this.#who = who;
    this.#origin = origin;
  }

  bytes(setting: string, value: number, reason: Reason): Figure<number> {
    return this.#figure(setting, { value, unit: "bytes" }, reason);
  }

  ms(setting: string, value: number, reason: Reason): Figure<number> {
    return this.#figure(setting, { value, unit: "ms" }, reason);
  }

  count(setting: string, value: number, reason: Reason): Figure<number> {
    return this.#figure(setting, { value, unit: "count" }, reason);
  }

  perSecond(setting: string, value: number, reason: Reason): Figure<number> {
    return this.#figure(setting, { value, unit: "perSecond" }, reason);
  }

  percent(setting: string, value: number, reason: Reason): Figure<number> {
    return this.#figure(setting, { value, unit: "percent" }, reason);
  }

  word<Word extends string>(setting: string, value: Word, reason: Reason): Figure<Word> {
    return this.#figure(setting, { value, unit: "word" }, reason);
  }

  #figure<Value extends number | string>(
    setting: string,
    quantity: { readonly value: Value; readonly unit: Unit },
    reason: Reason,
  ): Figure<Value> {
    return { id: `${this.#who}.${setting}`, ...quantity, ...reason, ...this.#origin };
  }
}
