import type { IncomingMessage } from "node:http";
import type { RouteSettings, SizeSettings } from "./route-settings.ts";

/** What a request is, as far as its cost goes. */
export interface RouteMatch {
  readonly name: string;
  /** Undefined for a route that nobody configured. */
  readonly settings: RouteSettings | undefined;
  /** What the request tells of its size, in the route's unit; undefined when it tells none. */
  readonly size: number | undefined;
}

/** Routes that are told apart without being configured: their costs are learned by themselves. */
const MAX_UNCONFIGURED = 64;
/** All that come after those. */
const OTHER = "other";
/** A part of a path that names one thing of many. */
const IDENTIFIER = /^(?:\d+|[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|[\w-]{24,})$/i;
/** Deeper ones cost what their parents do. */
const MAX_DEPTH = 3;
const MAX_SIZE = 1e12;

/** Finds the route of a request and reads its size. */
export class Routes {
  /** The longest path first. */
  readonly #configured: readonly RouteSettings[];
  readonly #unconfigured = new Set<string>();
  #last: { readonly request: IncomingMessage; readonly match: RouteMatch } | undefined;

  constructor(routes: readonly RouteSettings[]) {
    this.#configured = [...routes].sort((a, b) => b.path.length - a.path.length);
  }

  /** Asked for several times for each request, mostly in a row. */
  match(request: IncomingMessage): RouteMatch {
    if (this.#last?.request !== request) this.#last = { request, match: this.#find(request) };
    return this.#last.match;
  }

  #find(request: IncomingMessage): RouteMatch {
    const { method = "", url = "" } = request;
    const [path = "", query = ""] = split(url);
    const settings = this.#configured.find((route) => isOf(route, method, path));
    if (settings === undefined) {
      return { name: this.#nameOf(method, path), settings: undefined, size: undefined };
    }
    return {
      name: settings.name,
      settings,
      size: settings.size && sizeOf(settings.size, request, query),
    };
  }

  #nameOf(method: string, path: string): string {
    const parts = path.split("/").slice(0, MAX_DEPTH + 1);
    const name = `${method} ${parts.map((part) => (IDENTIFIER.test(part) ? ":id" : part)).join("/")}`;
    if (this.#unconfigured.has(name)) return name;
    if (this.#unconfigured.size >= MAX_UNCONFIGURED) return OTHER;
    this.#unconfigured.add(name);
    return name;
  }
}

function split(url: string): [path: string, query: string] {
  const at = url.indexOf("?");
  return at < 0 ? [url, ""] : [url.slice(0, at), url.slice(at + 1)];
}

function isOf(route: RouteSettings, method: string, path: string): boolean {
  if (route.method !== undefined && route.method !== method) return false;
  if (!path.startsWith(route.path)) return false;
  const next = path.charAt(route.path.length);
  return route.path.endsWith("/") || next === "" || next === "/";
}

function sizeOf(size: SizeSettings, request: IncomingMessage, query: string): number | undefined {
  const text = textOf(size, request, query);
  const value = /^\d{1,15}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  return value <= MAX_SIZE ? value : undefined;
}

function textOf({ from, name }: SizeSettings, { headers }: IncomingMessage, query: string): string {
  if (from === "content-length") return headers["content-length"] ?? "";
  if (from === "header") return String(headers[name] ?? "");
  return new URLSearchParams(query).get(name) ?? "";
}
