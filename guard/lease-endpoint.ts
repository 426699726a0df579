import type { IncomingMessage } from "node:http";
import { type AdminReply, json } from "./admin-reply.ts";
import { LeaseProblem, readLease, readRenewal } from "./lease-request.ts";
import type { Leases } from "./leases.ts";

/** A lease is asked for by a program that waits; half a minute is what a shed request is told too. */
const RETRY_AFTER_SECONDS = 30;
const NO_SUCH_LEASE = json(404, { error: "not_found", reason: "no_such_lease" });
const NO_CONTENT: AdminReply = { status: 204 };

/**
 * `POST /leases`, `PUT /leases/{id}`, `DELETE /leases/{id}`: memory that an application in any language reserves in
 * the ledger of the guard before it does something large.
 */
export class LeaseEndpoint {
  readonly #leases: Leases;
  readonly #backends: () => readonly string[];

  constructor(leases: Leases, backends: () => readonly string[]) {
    this.#leases = leases;
    this.#backends = backends;
  }

  owns(path: string): boolean {
    return path === "/leases" || path.startsWith("/leases/");
  }

  async answer(request: IncomingMessage, path: string): Promise<AdminReply> {
    const id = path.slice("/leases/".length);
    const verb = `${request.method} ${id === "" ? "" : "id"}`;
    try {
      if (verb === "POST ") return await this.#take(request);
      if (verb === "PUT id") return await this.#renew(request, id);
      if (verb === "DELETE id") return this.#leases.release(id) ? NO_CONTENT : NO_SUCH_LEASE;
      return json(405, { error: "method_not_allowed" });
    } catch (error) {
      return problem(error);
    }
  }

  async #take(request: IncomingMessage): Promise<AdminReply> {
    const ask = await readLease(request, this.#backends());
    const lease = this.#leases.take(ask);
    if (typeof lease !== "string") {
      const reply = json(201, { id: lease.id, ttlMs: ask.ttlMs });
      return { ...reply, headers: { Location: `/leases/${lease.id}` } };
    }
    const reply = json(503, {
      error: "service_unavailable",
      reason: lease,
      retry_after: RETRY_AFTER_SECONDS,
    });
    return { ...reply, headers: { "Retry-After": String(RETRY_AFTER_SECONDS) } };
  }

  async #renew(request: IncomingMessage, id: string): Promise<AdminReply> {
    const ttlMs = await readRenewal(request);
    return this.#leases.renew(id, ttlMs) ? NO_CONTENT : NO_SUCH_LEASE;
  }
}

function problem(error: unknown): AdminReply {
  if (!(error instanceof LeaseProblem)) return json(400, { error: "bad_request", reason: "body" });
  const reply = json(error.status, { error: "bad_request", reason: error.message });
  // What is left of the body is not read: the connection is of no more use.
  return error.status === 413 ? { ...reply, headers: { Connection: "close" } } : reply;
}
