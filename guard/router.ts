import type { Backend } from "./backend.ts";
import { poolKey } from "./backend-settings.ts";
import { Pool } from "./pool.ts";
import type { WaitLimits } from "./wait-queue.ts";

interface Route {
  readonly prefix: string;
  readonly pool: Pool;
}

/** Which pool serves a path: the longest prefix wins. */
export class Router {
  readonly pools: readonly Pool[];
  /** Longest prefix first. */
  readonly #routes: readonly Route[];

  /** @param former pools with whose queues those that serve the same paths go on. */
  constructor(backends: readonly Backend[], limits: WaitLimits, former: readonly Pool[] = []) {
    const members = new Map<string, Backend[]>();
    for (const backend of backends) {
      const key = poolKey(backend.settings);
      members.set(key, [...(members.get(key) ?? []), backend]);
    }
    this.pools = [...members].map(([key, each]) => {
      const kept = former.find(({ paths }) => paths.join(",") === key);
      kept?.configure(each, limits);
      return kept ?? new Pool(key.split(","), each, limits);
    });
    this.#routes = this.pools
      .flatMap((pool) => pool.paths.map((prefix) => ({ prefix, pool })))
      .sort((a, b) => b.prefix.length - a.prefix.length);
  }

  /** @param target path and query as the client sent them. */
  poolFor(target: string): Pool | undefined {
    return this.#routes.find(({ prefix }) => isBelow(target, prefix))?.pool;
  }
}

/** `/api` covers `/api`, `/api/x` and `/api?q`, but not `/apix`. */
function isBelow(target: string, prefix: string): boolean {
  if (!target.startsWith(prefix)) return false;
  const next = target.charAt(prefix.length);
  return prefix.endsWith("/") || next === "" || next === "/" || next === "?";
}
