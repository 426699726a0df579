import type { IncomingMessage, ServerResponse } from "node:http";
import { endToEndHeaders, isEventStream } from "./headers.ts";
import { withoutMemoryHint } from "./memory-hint.ts";
import type { FailureReason } from "./reply.ts";
import type { ResultLimit } from "./result-limit.ts";
import type { Flight } from "./single-flight.ts";

/** How a backend's answer is passed on. */
export interface RelayOrder {
  readonly response: ServerResponse;
  readonly resultLimit: ResultLimit;
  /** Others that wait for the same answer. */
  readonly flight: Flight | undefined;
  /** Whether the client is to close its connection after this response. */
  closes(): boolean;
}

type Broken = (reason: FailureReason, error: Error) => void;

/**
 * Passes a backend's answer on as it comes.
 * @param broken called when it cannot be, or not to its end; the response is then to be replaced or destroyed.
 */
export function relay(incoming: IncomingMessage, order: RelayOrder, broken: Broken): void {
  const { response, flight } = order;
  const isStream = isEventStream(incoming);
  if (!isStream && !fits(incoming, order, broken)) return;
  if (order.closes()) response.shouldKeepAlive = false;
  try {
    const headers = withoutMemoryHint(endToEndHeaders(incoming.rawHeaders));
    response.writeHead(incoming.statusCode ?? 0, incoming.statusMessage, headers);
  } catch (error) {
    broken("bad_response", error as Error);
    return;
  }
  if (isStream) response.flushHeaders();
  // `pipe` does not end the response when the backend breaks off: an abort for the client, never a clean end.
  // (`pipeline` does the same for an AbortController and a DOMException a request.)
  incoming.once("error", (error) => broken("backend_failed", error));
  flight?.watch(incoming);
  incoming.pipe(response);
}

/** Too large and so announced is an answer of its own; too large and found out later, the connection is cut. */
function fits(incoming: IncomingMessage, order: RelayOrder, broken: Broken): boolean {
  const { response, resultLimit } = order;
  const giveUp = () => broken("result_too_large", new Error("larger than a result may be"));
  if (resultLimit.isAnnounced(incoming, response.req.method)) {
    giveUp();
    return false;
  }
  resultLimit.watch(incoming, giveUp);
  return true;
}
