import { z } from "zod";
import { environment } from "./schema.ts";

/** One key of the config, as the schema describes it. */
export interface ConfigKey {
  /** `services.<name>.limit` */
  readonly path: string;
  /** What it holds, with its units: `size in KiB, MiB or GiB`. */
  readonly type: string;
  /** `1 to 16`; empty where the type says it all. */
  readonly range: string;
  /** As one would write it; undefined where the key may be left out without a value. */
  readonly default?: string | undefined;
  /** How the value is computed where it is left out. */
  readonly computed?: string | undefined;
  readonly required: boolean;
  readonly what: string;
}

/** Keys that are written together. */
export interface KeyGroup {
  /** `server`, or `kind: "app"`. */
  readonly title: string;
  readonly what: string;
  readonly keys: readonly ConfigKey[];
}

/** The part of JSON Schema that the config's schema comes out as. */
interface Node {
  readonly description?: string;
  readonly computed?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly format?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | false;
  readonly oneOf?: readonly Node[];
}

const FORMATS: Readonly<Record<string, string>> = { hostname: "host name" };
const TYPES: Readonly<Record<string, string>> = { integer: "whole number", string: "text" };

function typeOf(node: Node): string {
  if (node.const) return JSON.stringify(node.const);
  if (node.enum) return node.enum.map((value) => JSON.stringify(value)).join(", ");
  if (node.items) return `list of ${typeOf(node.items)}`;
  if (node.additionalProperties) return `map of ${typeOf(node.additionalProperties)}`;
  if (node.format) return FORMATS[node.format] ?? node.format;
  return TYPES[node.type ?? ""] ?? node.type ?? "";
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: Node): string {
  if (exclusiveMinimum !== undefined) return `above ${exclusiveMinimum}, at most ${maximum}`;
  return minimum === undefined ? "" : `${minimum} to ${maximum}`;
}

function described(path: string, node: Node): string {
  if (!node.description) throw new Error(`${path}: the schema does not describe this key`);
  return node.description;
}

function keysOf(prefix: string, { properties = {}, required = [] }: Node): ConfigKey[] {
  return Object.entries(properties).flatMap(([name, node]) => {
    const path = `${prefix}${name}`;
    if (node.properties) return keysOf(`${path}.`, node);
    return {
      path,
      type: typeOf(node),
      range: rangeOf(node),
      default: node.default === undefined ? undefined : JSON.stringify(node.default),
      computed: node.computed,
      required: required.includes(name),
      what: described(path, node),
    };
  });
}

/** The keys of one kind of service or backend; what tells it from the others heads them. */
function kindGroup(node: Node, prefix: string, discriminator: string): KeyGroup {
  const { [discriminator]: kind = {}, ...properties } = node.properties ?? {};
  const title = `${discriminator}: ${typeOf(kind)}`;
  return { title, what: described(title, kind), keys: keysOf(prefix, { ...node, properties }) };
}

/** Every key of an environment, in the schema's order. @throws Error when one has no description */
export function keyGroups(): KeyGroup[] {
  const root = z.toJSONSchema(environment, { io: "input", unrepresentable: "any" }) as Node;
  const { services, state, ...properties } = root.properties ?? {};
  const nested = Object.entries(properties).filter(([, node]) => node.properties);
  const plain = Object.entries(properties).filter(([, node]) => !node.properties);
  const kinds = services?.additionalProperties || {};
  return [
    {
      title: "environment",
      what: "Where it runs and whom it serves.",
      keys: keysOf("", { properties: Object.fromEntries(plain) }),
    },
    ...nested.map(([name, node]) => ({
      title: name,
      what: described(name, node),
      keys: keysOf(`${name}.`, node),
    })),
    ...(kinds.oneOf ?? []).map((kind) => kindGroup(kind, "services.<name>.", "kind")),
    ...(state?.oneOf ?? []).map((kind) => kindGroup(kind, "state.", "backend")),
  ];
}
