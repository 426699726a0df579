import type { IncomingMessage } from "node:http";

/**
 * Name and value by turns, as `rawHeaders` has them: order, case and repeats survive, and a name like
 * `__proto__` is only a string.
 */
type RawHeaders = readonly string[];

/** These speak of one connection and end with it (RFC 9110, 7.6.1). Expect is answered by the guard. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-authentication-info",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "expect",
]);
/** Of any other method Node believes that it has a body, and would announce an empty one in chunks. */
const METHODS_WITHOUT_BODY = ["GET", "HEAD", "DELETE", "OPTIONS"];

const NO_OPTIONS: ReadonlySet<string> = new Set();

/** How the length of a request's body is told to the backend. */
export type Framing = "none" | "length" | "chunked";

/** @param lowerName compared by length first: nearly every header is another one. */
export function isNamed(name: string | undefined, lowerName: string): boolean {
  return name?.length === lowerName.length && name.toLowerCase() === lowerName;
}

/** Lower-case names that the Connection headers list. */
export function connectionOptions(rawHeaders: RawHeaders): ReadonlySet<string> {
  let options: Set<string> | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (!isNamed(rawHeaders[index], "connection")) continue;
    options ??= new Set();
    for (const option of (rawHeaders[index + 1] ?? "").split(",")) {
      options.add(option.trim().toLowerCase());
    }
  }
  return options ?? NO_OPTIONS;
}

/** The headers that are for the far end: without hop-by-hop ones and without those that Connection names. */
export function endToEndHeaders(rawHeaders: RawHeaders): string[] {
  const named = connectionOptions(rawHeaders);
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const key = name.toLowerCase();
    if (!HOP_BY_HOP.has(key) && !named.has(key)) kept.push(name, rawHeaders[index + 1] ?? "");
  }
  return kept;
}

export function framingOf(request: IncomingMessage): Framing {
  if (request.headers["transfer-encoding"] !== undefined) return "chunked";
  return Number(request.headers["content-length"] ?? 0) > 0 ? "length" : "none";
}

/**
 * Headers for the backend. Our own come last: what a client names in Connection is gone by then and
 * cannot take ours away.
 * @param origin the backend's host and port, for an HTTP/1.0 request without Host.
 */
export function requestHeaders(request: IncomingMessage, origin: string): string[] {
  const headers = endToEndHeaders(request.rawHeaders);
  if (request.headers.host === undefined) headers.push("Host", origin);
  if (request.headers["transfer-encoding"] !== undefined) {
    headers.push("Transfer-Encoding", "chunked");
  } else if (
    request.headers["content-length"] === undefined &&
    !METHODS_WITHOUT_BODY.includes(request.method ?? "")
  ) {
    headers.push("Content-Length", "0");
  }
  return headers;
}

/** Headers that ask the backend to switch to WebSocket. */
export function upgradeHeaders(request: IncomingMessage): string[] {
  return [...endToEndHeaders(request.rawHeaders), "Connection", "Upgrade", "Upgrade", "websocket"];
}

/** HTTP/1.0 knows no interim answers (RFC 9110, 10.1.1). */
export function expectsContinue(request: IncomingMessage): boolean {
  return request.headers.expect !== undefined && request.httpVersion === "1.1";
}

/** Whether the client says that it wants a stream of events. */
export function wantsEventStream(request: IncomingMessage): boolean {
  return request.headers.accept?.includes("text/event-stream") === true;
}

export function isEventStream(response: IncomingMessage): boolean {
  return /^text\/event-stream\s*(;|$)/i.test(response.headers["content-type"] ?? "");
}
