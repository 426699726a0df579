import type { IncomingMessage, ServerResponse } from "node:http";
import { badRequest, HttpError } from "./http-error.ts";

/** One request and its answer, as a handler sees them. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** What the `:name` parts of the route matched. */
  readonly params: Readonly<Record<string, string>>;
}

const BODY_LIMIT_BYTES = 1024 * 1024;

/**
 * @throws HttpError 415 unless the request says that it sends JSON, 413 above 1 MiB, 400 for anything that is not JSON.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    throw new HttpError(415, "the body must be application/json");
  }
  const body = await readBody(request);
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw new HttpError(400, "the body is not JSON", { cause: error });
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      sizeBytes += chunk.length;
      if (sizeBytes > BODY_LIMIT_BYTES) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new HttpError(400, "the body ended early", { cause: error });
  }
  if (sizeBytes <= BODY_LIMIT_BYTES) return Buffer.concat(chunks);
  // The rest is never read, so this connection cannot carry another request.
  const headers = { Connection: "close" };
  throw new HttpError(413, `the body is larger than ${BODY_LIMIT_BYTES} bytes`, { headers });
}

/** Answers are private and change with every message: no cache may keep them. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": body.length,
    "Cache-Control": "no-store",
  });
  response.end(body);
}

/** A whole number from the query string. */
export function queryInteger(
  url: URL,
  name: string,
  rule: { min: number; max: number; fallback: number },
): number {
  const text = url.searchParams.get(name);
  if (text === null) return rule.fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= rule.min && value <= rule.max) return value;
  throw badRequest(`${name}: must be a whole number ${rule.min}..${rule.max}`);
}

/** Aborts when the client leaves before it has the whole answer. Ask before the first `await`. */
export function whenLeft(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Resolves when the client has the whole answer, or has left. */
export function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.closed) resolve();
    else response.once("close", () => resolve());
  });
}
