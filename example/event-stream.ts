import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** A comment that clients skip; it keeps proxies from taking a thinking model for a dead one. */
const PING = ": ping\n\n";

/** One server-sent event. JSON has no raw line breaks, so one `data:` line is always enough. */
export function frame(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** OpenAI's end mark; a stream without it was cut. */
export const DONE_FRAME = "data: [DONE]\n\n";

/** A `text/event-stream` response that nothing on the way may hold back. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #left: AbortSignal;
  readonly #heartbeat: NodeJS.Timeout;

  /** Sends the head at once; `left` says when the client is gone. */
  constructor(response: ServerResponse, left: AbortSignal, heartbeatMs: number) {
    this.#response = response;
    this.#left = left;
    response.writeHead(200, {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-cache, no-transform",
      // nginx reads this from the response only.
      "X-Accel-Buffering": "no",
    });
    response.flushHeaders();
    this.#heartbeat = setInterval(() => this.#write(PING), heartbeatMs);
  }

  /** Resolves when there is room for the next one; a slow reader slows its own stream, and costs no memory. */
  async send(text: string): Promise<void> {
    if (this.#write(text)) return;
    // Rejects only when the client leaves, which the next call sees.
    await once(this.#response, "drain", { signal: this.#left }).catch(() => undefined);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#response.end();
  }

  #write(text: string): boolean {
    return this.#left.aborted || this.#response.write(text);
  }
}
