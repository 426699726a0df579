import type { Server } from "node:http";
import { http } from "./http.ts";
import { CONTENT_TYPE } from "./prometheus.ts";

export interface AdminView {
  /** Why no request can be served now, or undefined. */
  notReady(): string | undefined;
  metrics(): string;
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const JSON_TYPE = "application/json";

/**
 * `/healthz` (the process lives), `/readyz` (requests can be served), `/metrics`. A port of its own: overload must
 * not shed what is needed to see it.
 */
export function createAdminServer(view: AdminView): Server {
  const pages: Readonly<Record<string, () => Page>> = {
    "/healthz": () => json(200, { status: "ok" }),
    "/readyz": () => readiness(view.notReady()),
    "/metrics": () => ({ status: 200, type: CONTENT_TYPE, body: view.metrics() }),
  };
  return http.createServer((request, response) => {
    const path = (request.url ?? "").replace(/\?.*$/, "");
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    const { status, type, body } = answer(request.method, page);
    response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store" });
    response.end(body);
  });
}

function answer(method: string | undefined, page: (() => Page) | undefined): Page {
  if (page === undefined) return json(404, { error: "not_found" });
  if (method !== "GET" && method !== "HEAD") return json(405, { error: "method_not_allowed" });
  return page();
}

function readiness(problem: string | undefined): Page {
  return problem === undefined
    ? json(200, { status: "ready" })
    : json(503, { status: "not_ready", reason: problem });
}

function json(status: number, value: Readonly<Record<string, string>>): Page {
  return { status, type: JSON_TYPE, body: `${JSON.stringify(value)}\n` };
}
