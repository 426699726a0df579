import type { IncomingMessage, ServerResponse } from "node:http";
import { framingOf } from "./headers.ts";
import type { ShedReason } from "./pool.ts";

/** An answer of the guard's own. */
export interface Reply {
  readonly status: number;
  readonly error: string;
  readonly reason: string;
  readonly retryAfterSeconds?: number;
}

export type FailureReason =
  | "connect_failed"
  | "backend_failed"
  | "bad_response"
  | "read_timeout"
  | "backend_stalled"
  | "result_too_large";

/** Spread around 30 s: clients told the same second would all come back in it. */
const RETRY_AFTER_MIN_SECONDS = 15;
const RETRY_AFTER_MAX_SECONDS = 45;
/** A body up to this size is read and dropped, so that the connection can be used again. */
const DRAINED_BODY_BYTES = 64 * 1024;
/** Beyond it the client gets this long to notice the answer before the connection is closed on it. */
const LINGER_MS = 1_000;

export const NOT_FOUND: Reply = { status: 404, error: "not_found", reason: "no_backend_for_path" };

export function badRequest(reason: string): Reply {
  return { status: 400, error: "bad_request", reason };
}

export function shedReply(reason: ShedReason): Reply {
  // Coming again would not help.
  if (reason === "too_large") return { status: 413, error: "content_too_large", reason };
  const span = RETRY_AFTER_MAX_SECONDS - RETRY_AFTER_MIN_SECONDS + 1;
  const retryAfterSeconds = RETRY_AFTER_MIN_SECONDS + Math.floor(Math.random() * span);
  return { status: 503, error: "service_unavailable", reason, retryAfterSeconds };
}

export function failureReply(reason: FailureReason): Reply {
  switch (reason) {
    case "read_timeout":
    case "backend_stalled":
      return { status: 504, error: "gateway_timeout", reason };
    case "result_too_large":
      return { status: 413, error: "content_too_large", reason };
    default:
      return { status: 502, error: "bad_gateway", reason };
  }
}

export function replyBody({ error, reason, retryAfterSeconds }: Reply): string {
  return JSON.stringify({ error, reason, retry_after: retryAfterSeconds });
}

export function replyHeaders(reply: Reply, body: string): string[] {
  const headers = ["Content-Type", "application/json", "Cache-Control", "no-store"];
  if (reply.retryAfterSeconds !== undefined) {
    headers.push("Retry-After", String(reply.retryAfterSeconds));
  }
  return [...headers, "Content-Length", String(Buffer.byteLength(body))];
}

/** Sends the answer and disposes of what is left of the request's body. */
export function sendReply(response: ServerResponse, reply: Reply, close: boolean): void {
  const request = response.req;
  const body = replyBody(reply);
  const keepsConnection = !close && canDrain(request);
  if (!keepsConnection) response.shouldKeepAlive = false;
  response.writeHead(reply.status, replyHeaders(reply, body));
  if (keepsConnection || request.complete) {
    response.end(body);
    discardBody(request);
  } else {
    response.write(body);
    linger(request, () => response.end());
  }
}

/** Reads on to the end of the body, or the connection would stay stuck in it. */
export function discardBody(request: IncomingMessage): void {
  // Or else `pipe` pauses the request again when it notices that the backend is gone.
  request.unpipe();
  request.resume();
}

function canDrain(request: IncomingMessage): boolean {
  if (framingOf(request) === "chunked") return request.complete;
  return Number(request.headers["content-length"] ?? 0) <= DRAINED_BODY_BYTES;
}

/** Closing on unread data resets the connection, and the client may lose the answer that it has not read yet. */
function linger(request: IncomingMessage, close: () => void): void {
  const timer = setTimeout(close, LINGER_MS);
  request.once("close", () => clearTimeout(timer));
  request.once("end", close);
  discardBody(request);
}
