import { formatMib, SECOND_MS } from "./units.ts";

/** One key of a spec with another value: what an operator would edit in the config. */
export interface Change {
  /** From the environment on, as the spec names it: `["services", "chat", "limitBytes"]`. */
  readonly path: readonly string[];
  /** Undefined takes the key out. */
  readonly to: number | string | undefined;
}

function valueAt(data: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], data);
}

function changed(data: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  const { [key]: inner, ...others } = data as Record<string, unknown>;
  const value = changed(inner, rest, to);
  return value === undefined ? others : { ...(data as object), [key]: value };
}

/** The spec with the changes made; the given one stays as it is. */
export function withChanges<Spec>(spec: Spec, changes: readonly Change[]): Spec {
  return changes.reduce<unknown>((data, { path, to }) => changed(data, path, to), spec) as Spec;
}

/** As the config writes it: `300MiB`, `30s`, `3`; `null` takes a key out. */
export function configValue(key: string, value: unknown): string {
  if (value === undefined) return "null";
  if (typeof value === "object") return "{…}";
  if (typeof value !== "number") return JSON.stringify(value);
  if (key.endsWith("Bytes")) return formatMib(value).replace(" ", "");
  return key.endsWith("Ms") ? `${value / SECOND_MS}s` : String(value);
}

/** `services.chat.limit`: the config's name of a key of the spec, without the unit. */
export function configPath(path: readonly string[]): string {
  return path.join(".").replace(/(?:Bytes|Ms)$/, "");
}

/** `services.chat.limit: 300MiB -> 214MiB`. */
export function tellChange(spec: unknown, { path, to }: Change): string {
  const key = path.at(-1) ?? "";
  const from = valueAt(spec, path);
  const before = from === undefined ? "left out" : configValue(key, from);
  return `${configPath(path)}: ${before} -> ${configValue(key, to)}`;
}

/** `- services.chat.limit: 300MiB` and `+ services.chat.limit: 214MiB`; a key that was left out has no first line. */
export function diffOf(spec: unknown, { path, to }: Change): string[] {
  const key = path.at(-1) ?? "";
  const from = valueAt(spec, path);
  const line = (sign: string, value: unknown) =>
    `${sign} ${configPath(path)}: ${configValue(key, value)}`;
  return [...(from === undefined ? [] : [line("-", from)]), line("+", to)];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !(value instanceof Set);
}

/** What makes `before` into `after`: one change for each value that differs. */
export function changesBetween(
  before: unknown,
  after: unknown,
  path: readonly string[] = [],
): Change[] {
  if (!isRecord(before) || !isRecord(after)) {
    return before === after ? [] : [{ path, to: after as Change["to"] }];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => changesBetween(before[key], after[key], [...path, key]));
}
