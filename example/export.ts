import { setImmediate as nextTurn } from "node:timers/promises";
import { jsonSize } from "plimsoll-client/json-size";
import { closed, type Exchange, queryInteger, whenLeft } from "./exchange.ts";
import type { Memory } from "./memory.ts";

/** What one row costs in the heap, as object and as text; measured with 20 000 rows. */
const ROW_BYTES = 3 * 1024;
/** Each byte of the text is there as part of an object, of a string and of a buffer. */
const COPIES = 3;
const SAMPLE_ROWS = 100;
const MEBIBYTE = 2 ** 20;
const ROWS = { min: 1, max: 100_000, fallback: 20_000 };
/** Rows between two looks at the other requests. */
const ROWS_PER_TURN = 250;
const WORDS = [
  "ballast",
  "beam",
  "draught",
  "freeboard",
  "hull",
  "keel",
  "lading",
  "stern",
  "tonnage",
  "trim",
];
const WORDS_PER_ROW = 130;

interface Row {
  readonly id: number;
  readonly session: string;
  readonly role: "user" | "assistant";
  readonly created_at: string;
  readonly content: string;
}

/**
 * `GET /api/export?rows=N`: the whole result in memory at once, as reports often are. It is here to show what one large
 * request costs. A number that the request tells is set aside by the guard at its door, and `Server-Timing` says whether
 * that was right. Without one all rows are exported: how many they are only we know, so their memory is asked for here.
 */
export class Exports {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  readonly send = async ({ response, url }: Exchange): Promise<void> => {
    const left = whenLeft(response);
    const count = queryInteger(url, "rows", ROWS);
    // Either the door or we: what is set aside twice keeps somebody else out.
    const isTold = url.searchParams.has("rows");
    using _lease = isTold ? undefined : await this.#memory.lease(estimateBytes(count), left);
    const body = await build(count, left);
    if (body === undefined) return;
    response.writeHead(200, {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Length": body.length,
      "Content-Disposition": 'attachment; filename="export.json"',
      "Cache-Control": "no-store",
      "X-Export-Rows": count,
      "Server-Timing": memoryHint(isTold ? count * ROW_BYTES : 0),
    });
    response.end(body);
    // It is in memory until the client has read it: only then the lease may end.
    await closed(response);
  };
}

/** From a few rows, before the others are there: as one does with a `count(*)` and a `LIMIT`. */
function estimateBytes(count: number): number {
  const sample = Array.from({ length: SAMPLE_ROWS }, (_, index) => rowOf(index));
  return (COPIES * count * jsonSize(sample).bytes) / SAMPLE_ROWS;
}

/** Undefined when the client left. */
async function build(count: number, left: AbortSignal): Promise<Buffer | undefined> {
  const rows: Row[] = [];
  while (rows.length < count && !left.aborted) {
    const turn = Math.min(ROWS_PER_TURN, count - rows.length);
    for (let index = 0; index < turn; index++) rows.push(rowOf(rows.length));
    await nextTurn();
  }
  return left.aborted ? undefined : Buffer.from(JSON.stringify({ rows }));
}

/** For the guard, which learns from it; what is leased is counted already. */
function memoryHint(bytes: number): string {
  return `mem;desc="MiB";dur=${(bytes / MEBIBYTE).toFixed(1)}`;
}

/** About 1 KB of JSON, different for every row. */
function rowOf(id: number): Row {
  const words = Array.from(
    { length: WORDS_PER_ROW },
    (_, index) => WORDS[(id * (index + 7) + index) % WORDS.length],
  );
  return {
    id,
    session: `session-${id % 97}`,
    role: id % 2 === 0 ? "user" : "assistant",
    created_at: new Date(id * 60_000).toISOString(),
    content: words.join(" "),
  };
}
