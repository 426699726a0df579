import { STATUS_CODES } from "node:http";

/** Thrown anywhere below a handler, answered as `{"error": {"code", "message"}}`. */
export class HttpError extends Error {
  readonly status: number;
  /** The status in words, for programs: `service_unavailable`. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    options: ErrorOptions & { headers?: Record<string, string> } = {},
  ) {
    super(message, options);
    this.name = "HttpError";
    this.status = status;
    this.code = (STATUS_CODES[status] ?? "error").toLowerCase().replaceAll(" ", "_");
    this.headers = options.headers ?? {};
  }
}

/** Long enough for a restarted database to answer again, short enough for a person to wait. */
const RETRY_AFTER_SECONDS = 5;

export const badRequest = (message: string) => new HttpError(400, message);

export const notFound = (message: string) => new HttpError(404, message);

/** Something this slot depends on is away; the same request will work later. */
export function unavailable(message: string, cause?: unknown): HttpError {
  return new HttpError(503, message, {
    cause,
    headers: { "Retry-After": String(RETRY_AFTER_SECONDS) },
  });
}
