import type { IncomingMessage } from "node:http";
import { connectionOptions, isNamed } from "./headers.ts";

/** The parts of a request that say where it goes and where it ends. */
export type RequestHead = Pick<IncomingMessage, "method" | "url" | "httpVersion" | "rawHeaders">;

const REFUSED_METHODS = ["CONNECT", "TRACE"];
/** Origin form only: `http://other/` or `*` would let the client choose another host than the one we route by. */
const ORIGIN_FORM = /^\/[\x21\x22\x24-\x7e]*$/;
const HOST = /^[\w\-.:[\]]+$/;
const DIGITS = /^\d+$/;
/** What the proxy in front vouches for; a client that names it in Connection wants it stripped. */
const VOUCHED = /^(host|content-length|forwarded|x-forwarded-.*|x-real-ip|x-request-id)$/;

/**
 * Why this request must not be passed on, or undefined. Two programs that disagree about where a request
 * ends or whom it is for can be played against each other, so whatever is ambiguous is refused.
 * Node's parser refuses part of this already; nothing here relies on it.
 */
export function requestProblem(request: RequestHead): string | undefined {
  const { method = "", url = "", httpVersion } = request;
  if (REFUSED_METHODS.includes(method)) return "method_not_supported";
  if (httpVersion !== "1.1" && httpVersion !== "1.0") return "version_not_supported";
  if (!ORIGIN_FORM.test(url)) return "target_not_origin_form";
  return (
    hostProblem(request) ??
    framingProblem(request) ??
    connectionProblem(request) ??
    expectationProblem(request)
  );
}

function hostProblem({ rawHeaders, httpVersion }: RequestHead): string | undefined {
  const hosts = valuesOf("host", rawHeaders);
  if (hosts.length > 1) return "several_hosts";
  if (hosts.length === 0) return httpVersion === "1.1" ? "host_missing" : undefined;
  return HOST.test(hosts[0] ?? "") ? undefined : "host_invalid";
}

function framingProblem({ rawHeaders, httpVersion }: RequestHead): string | undefined {
  const lengths = valuesOf("content-length", rawHeaders);
  const codings = valuesOf("transfer-encoding", rawHeaders);
  if (lengths.length > 1) return "several_content_lengths";
  if (!lengths.every((length) => DIGITS.test(length))) return "content_length_invalid";
  if (codings.length === 0) return undefined;
  if (lengths.length > 0) return "content_length_and_transfer_encoding";
  if (httpVersion === "1.0") return "transfer_encoding_in_http_1_0";
  const isChunked = codings.length === 1 && codings[0]?.toLowerCase() === "chunked";
  return isChunked ? undefined : "transfer_encoding_not_chunked";
}

function connectionProblem({ rawHeaders }: RequestHead): string | undefined {
  for (const name of connectionOptions(rawHeaders)) {
    if (VOUCHED.test(name)) return "connection_names_a_protected_header";
  }
  return undefined;
}

function expectationProblem({ rawHeaders }: RequestHead): string | undefined {
  const isKnown = valuesOf("expect", rawHeaders).every((it) => it.toLowerCase() === "100-continue");
  return isKnown ? undefined : "expectation_not_supported";
}

function valuesOf(name: string, rawHeaders: readonly string[]): string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (isNamed(rawHeaders[index], name)) values.push(rawHeaders[index + 1] ?? "");
  }
  return values;
}
