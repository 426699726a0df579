import type { ServerResponse } from "node:http";

/** Around 30 s, spread: clients told the same second would all come back in it. */
const RETRY_AFTER_MIN_SECONDS = 15;
const RETRY_AFTER_SPAN_SECONDS = 31;

/** 503, when to come back, and an end to the connection. */
export function answerBusy(response: ServerResponse): void {
  const seconds = RETRY_AFTER_MIN_SECONDS + Math.floor(Math.random() * RETRY_AFTER_SPAN_SECONDS);
  const body = JSON.stringify({
    error: "service_unavailable",
    reason: "too_busy",
    retry_after: seconds,
  });
  response.writeHead(503, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    "Retry-After": seconds,
    "Cache-Control": "no-store",
    Connection: "close",
  });
  response.end(body);
}
