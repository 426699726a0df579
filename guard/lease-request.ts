import type { IncomingMessage } from "node:http";
import type { LeaseAsk } from "./leases.ts";

/** The largest thing that can be asked for is far smaller. */
const BODY_BYTES_MAX = 4_096;
const BYTES_MAX = 2 ** 40;
/** Shorter, a renewal may come too late; longer, a dead application would keep others out. */
const TTL_MS = { min: 1_000, max: 600_000, default: 60_000 };

export class LeaseProblem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** @throws LeaseProblem when the body is none of ours. */
export async function readLease(
  request: IncomingMessage,
  backends: readonly string[],
): Promise<LeaseAsk> {
  const body = await readObject(request);
  const backend = body["backend"] ?? body["slot"];
  if (typeof backend !== "string" || !backends.includes(backend)) {
    const known = backends.join(", ");
    throw invalid(`backend: must be one of ${known}, got ${JSON.stringify(backend)}; correct it`);
  }
  const bytes = integer(body, "bytes", { min: 1, max: BYTES_MAX });
  return { backend, bytes, ttlMs: integer(body, "ttlMs", TTL_MS) };
}

/** The new time to live, if one is asked for. @throws LeaseProblem when the body is none of ours. */
export async function readRenewal(request: IncomingMessage): Promise<number | undefined> {
  const body = await readObject(request, {});
  return body["ttlMs"] === undefined ? undefined : integer(body, "ttlMs", TTL_MS);
}

type Body = Readonly<Record<string, unknown>>;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly default?: number;
}

function integer(body: Body, name: string, range: Range): number {
  const value = body[name] ?? range.default;
  if (Number.isInteger(value) && Number(value) >= range.min && Number(value) <= range.max) {
    return Number(value);
  }
  const rule = `must be a whole number from ${range.min} to ${range.max}`;
  throw invalid(`${name}: ${rule}, got ${JSON.stringify(value)}; correct it`);
}

/** @param empty what no body at all stands for. */
async function readObject(request: IncomingMessage, empty?: Body): Promise<Body> {
  const text = await readText(request);
  if (text === "" && empty !== undefined) return empty;
  // A page in a browser cannot send this type to another site without asking first, and we never agree.
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    throw new LeaseProblem(415, "content-type: must be application/json; send the header");
  }
  const value = parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid('body: must be a JSON object; write {"backend":"chat-1","bytes":1048576}');
  }
  return value as Body;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) {
      throw new LeaseProblem(413, `body: must be at most ${BODY_BYTES_MAX} bytes; shorten it`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(message: string): LeaseProblem {
  return new LeaseProblem(400, message);
}
