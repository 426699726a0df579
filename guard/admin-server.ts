import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { type AdminReply, json } from "./admin-reply.ts";
import { http } from "./http.ts";
import type { LeaseEndpoint } from "./lease-endpoint.ts";
import { CONTENT_TYPE } from "./prometheus.ts";
import { statusPage } from "./status-page.ts";

export interface AdminView {
  /** Why no request can be served now, or undefined. */
  notReady(): string | undefined;
  metrics(): string;
  /** What `/stats` shows. */
  stats(): object;
  /** What `/status` shows. */
  status(): object;
  readonly leases: LeaseEndpoint;
}

type Page = () => AdminReply;

/**
 * `/healthz` (the process lives), `/readyz` (requests can be served), `/metrics`, `/stats`, `/status` and `/leases`.
 * A port of its own: overload must not shed what is needed to see it.
 */
export function createAdminServer(view: AdminView): Server {
  const pages: Readonly<Record<string, Page>> = {
    "/healthz": () => json(200, { status: "ok" }),
    "/readyz": () => readiness(view.notReady()),
    "/metrics": () => ({ status: 200, type: CONTENT_TYPE, body: view.metrics() }),
    "/stats": () => json(200, view.stats()),
    "/status": statusPage,
    "/status.json": () => json(200, view.status()),
  };
  return http.createServer((request, response) => {
    const path = (request.url ?? "").replace(/\?.*$/, "");
    if (view.leases.owns(path)) void answerLease(view.leases, path, response);
    else send(response, pageReply(request, Object.hasOwn(pages, path) ? pages[path] : undefined));
  });
}

async function answerLease(
  leases: LeaseEndpoint,
  path: string,
  response: ServerResponse,
): Promise<void> {
  response.on("error", () => {});
  send(response, await leases.answer(response.req, path));
}

function pageReply({ method }: IncomingMessage, page: Page | undefined): AdminReply {
  if (page === undefined) return json(404, { error: "not_found" });
  if (method !== "GET" && method !== "HEAD") return json(405, { error: "method_not_allowed" });
  return page();
}

function send(response: ServerResponse, { status, type, body = "", headers }: AdminReply): void {
  response.writeHead(status, {
    ...(type && { "Content-Type": type }),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...headers,
  });
  response.end(body);
}

function readiness(problem: string | undefined): AdminReply {
  return problem === undefined
    ? json(200, { status: "ready" })
    : json(503, { status: "not_ready", reason: problem });
}
