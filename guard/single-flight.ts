import type { IncomingMessage, ServerResponse } from "node:http";
import { isShareable } from "./flight-key.ts";
import { endToEndHeaders, isEventStream } from "./headers.ts";
import { withoutMemoryHint } from "./memory-hint.ts";

/** Followers wait for the whole answer, so it is kept: only what is small, and little at once. */
export const MAX_SHARED_BYTES = 256 * 1024;
const MAX_KEPT_BYTES = 8 * 1024 * 1024;

/** An answer that several clients get. */
export interface SharedAnswer {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** @param closes whether it is the last answer of its connection. */
export function sendShared(response: ServerResponse, answer: SharedAnswer, closes: boolean): void {
  if (closes) response.shouldKeepAlive = false;
  response.writeHead(answer.statusCode, answer.statusMessage, [...answer.headers]);
  response.end(answer.body);
}

/** Identical requests that are under way: the first one is sent, the others wait for its answer. */
export class SingleFlight {
  readonly #flights = new Map<string, Flight>();
  #keptBytes = 0;

  /** The flight to follow, or one to lead. */
  join(key: string): { flight: Flight; leads: boolean } {
    const joined = this.#flights.get(key);
    if (joined !== undefined) return { flight: joined, leads: false };
    const flight = new Flight(
      (bytes) => this.#keep(bytes),
      () => this.#flights.delete(key),
    );
    this.#flights.set(key, flight);
    return { flight, leads: true };
  }

  /** @returns whether so much may be kept. */
  #keep(bytes: number): boolean {
    this.#keptBytes += bytes;
    return this.#keptBytes <= MAX_KEPT_BYTES;
  }
}

/** One request that leads, and the answer that its followers wait for. */
export class Flight {
  /** Undefined when the leader got none that can be shared. */
  readonly answer: Promise<SharedAnswer | undefined>;
  readonly #keep: (bytes: number) => boolean;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #land: ((answer: SharedAnswer | undefined) => void) | undefined;

  constructor(keep: (bytes: number) => boolean, landed: () => void) {
    this.#keep = keep;
    this.answer = new Promise((resolve) => {
      this.#land = (answer) => {
        this.#land = undefined;
        landed();
        keep(-this.#bytes);
        resolve(answer);
      };
    });
  }

  /** Nobody joins any more, and who waits gets nothing, unless the answer is there already. */
  fail(): void {
    this.#chunks.length = 0;
    this.#land?.(undefined);
  }

  /** The leader's answer begins; its body is about to be read. */
  watch(incoming: IncomingMessage): void {
    if (!isShareable(incoming) || isEventStream(incoming)) {
      this.fail();
      return;
    }
    incoming.on("data", (chunk: Buffer) => this.#take(chunk));
    incoming.once("end", () => this.#finish(incoming));
  }

  #take(chunk: Buffer): void {
    if (this.#land === undefined) return;
    this.#bytes += chunk.length;
    const mayKeep = this.#keep(chunk.length);
    if (this.#bytes > MAX_SHARED_BYTES || !mayKeep) this.fail();
    else this.#chunks.push(chunk);
  }

  #finish({ statusCode = 0, statusMessage = "", rawHeaders }: IncomingMessage): void {
    const headers = withoutMemoryHint(endToEndHeaders(rawHeaders));
    const body = Buffer.concat(this.#chunks);
    this.#land?.({ statusCode, statusMessage, headers, body });
  }
}
