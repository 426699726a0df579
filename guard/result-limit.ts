import type { IncomingMessage } from "node:http";

/** How large a result may be. Event streams are no results: they are bounded in number and in silence. */
export class ResultLimit {
  readonly #maxBytes: number;

  /** @param maxBytes 0 for no limit. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes === 0 ? Number.POSITIVE_INFINITY : maxBytes;
  }

  /** Whether a response says by itself that it is too large. To HEAD it says so and sends nothing. */
  isAnnounced({ headers }: IncomingMessage, method: string | undefined): boolean {
    return method !== "HEAD" && Number(headers["content-length"] ?? 0) > this.#maxBytes;
  }

  /** Counts what is read of a response. @param exceeded called once, as soon as it is too much. */
  watch(incoming: IncomingMessage, exceeded: () => void): void {
    let bytes = 0;
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= this.#maxBytes) return;
      incoming.off("data", count);
      exceeded();
    };
    if (Number.isFinite(this.#maxBytes)) incoming.on("data", count);
  }
}
