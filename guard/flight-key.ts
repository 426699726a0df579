import type { IncomingMessage } from "node:http";
import { framingOf } from "./headers.ts";

/** Headers by which an answer may differ; an answer that names another one in Vary is not shared. */
const VARYING = [
  "host",
  "accept",
  "accept-encoding",
  "accept-language",
  "origin",
  "x-forwarded-host",
  "x-forwarded-proto",
];
const CREDENTIALS = ["authorization", "cookie"];
/** They ask for an answer of their own. */
const PERSONAL = [
  "range",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
  "if-range",
  "cache-control",
  "pragma",
  "upgrade",
];

/** Whose answers may be shared. `same_credentials`: also among requests with equal Authorization and Cookie. */
export const SHARINGS = ["anonymous", "same_credentials"] as const;
export type Sharing = (typeof SHARINGS)[number];

/** Requests with equal keys may be given one answer; undefined for one that needs its own. */
export function flightKey(request: IncomingMessage, sharing: Sharing): string | undefined {
  const { method, url, headers } = request;
  if (method !== "GET" || framingOf(request) !== "none") return undefined;
  if (PERSONAL.some((name) => headers[name] !== undefined)) return undefined;
  const hasCredentials = CREDENTIALS.some((name) => headers[name] !== undefined);
  if (hasCredentials && sharing === "anonymous") return undefined;
  return JSON.stringify([url, ...[...VARYING, ...CREDENTIALS].map((name) => headers[name])]);
}

/** Whether a backend's answer may be given to others than who asked. */
export function isShareable({ statusCode, headers }: IncomingMessage): boolean {
  if (statusCode !== 200 || headers["set-cookie"] !== undefined) return false;
  if (/private|no-store/i.test(headers["cache-control"] ?? "")) return false;
  const vary = (headers.vary ?? "").split(",").map((name) => name.trim().toLowerCase());
  return vary.every((name) => name === "" || VARYING.includes(name) || CREDENTIALS.includes(name));
}
