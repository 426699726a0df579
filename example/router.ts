import type { Exchange } from "./exchange.ts";
import { HttpError, notFound } from "./http-error.ts";

export type Method = "GET" | "POST" | "DELETE";
export type Handler = (exchange: Exchange) => void | Promise<void>;

export interface Match {
  readonly handler: Handler;
  readonly params: Readonly<Record<string, string>>;
}

interface Route {
  readonly method: Method;
  readonly path: RegExp;
  readonly handler: Handler;
}

/** `/api/sessions/:id` matches one path segment as `id`; the first route that fits wins. */
export class Router {
  readonly #routes: Route[] = [];

  add(method: Method, pattern: string, handler: Handler): this {
    const path = new RegExp(`^${pattern.replaceAll(/:(\w+)/g, "(?<$1>[^/]+)")}$`);
    this.#routes.push({ method, path, handler });
    return this;
  }

  /** @throws HttpError 404 for an unknown path, 405 with Allow for a method that the path does not have. */
  match(method: string | undefined, pathname: string): Match {
    const routes = this.#routes.filter(({ path }) => path.test(pathname));
    if (routes.length === 0) throw notFound(`${pathname} does not exist`);
    // A HEAD is a GET whose body Node leaves out.
    const wanted = method === "HEAD" ? "GET" : method;
    const route = routes.find((candidate) => candidate.method === wanted);
    if (route) return { handler: route.handler, params: { ...route.path.exec(pathname)?.groups } };
    const headers = { Allow: routes.map((candidate) => candidate.method).join(", ") };
    throw new HttpError(405, `${pathname} has no ${method}`, { headers });
  }
}
