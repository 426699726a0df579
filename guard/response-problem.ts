import type { IncomingMessage } from "node:http";

/** The part of a response that says where it ends and how it is coded. */
export type ResponseHead = Pick<IncomingMessage, "httpVersion" | "headers">;

/**
 * Why this response must not be passed on, or undefined. Transfer-Encoding ends at the guard: what another coding
 * than chunked did to the body could not be undone by anybody behind it. Node's parser refuses the rest.
 */
export function responseProblem({ httpVersion, headers }: ResponseHead): string | undefined {
  const coding = headers["transfer-encoding"];
  if (coding === undefined) return undefined;
  if (httpVersion !== "1.1") return `transfer encoding in HTTP/${httpVersion}`;
  return coding.toLowerCase() === "chunked" ? undefined : "transfer encoding is not chunked";
}
