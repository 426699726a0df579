import { setImmediate as nextTurn } from "node:timers/promises";
import { type Exchange, queryInteger, whenLeft } from "./exchange.ts";

/** What one row costs in the heap, as object and as text; measured with 20 000 rows. */
const ROW_BYTES = 3 * 1024;
const MEBIBYTE = 2 ** 20;
const ROWS = { min: 1, max: 100_000, fallback: 1000 };
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
 * `GET /api/export?rows=N`: the whole result in memory at once, as reports often are. It is here to show what
 * one large request costs, and the estimate it reports is what a memory guard would have to set aside for it.
 */
export async function exportRows({ response, url }: Exchange): Promise<void> {
  const left = whenLeft(response);
  const count = queryInteger(url, "rows", ROWS);
  const rows: Row[] = [];
  while (rows.length < count && !left.aborted) {
    const turn = Math.min(ROWS_PER_TURN, count - rows.length);
    for (let index = 0; index < turn; index++) rows.push(rowOf(rows.length));
    await nextTurn();
  }
  if (left.aborted) return;
  const body = Buffer.from(JSON.stringify({ rows }));
  response.writeHead(200, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": body.length,
    "Content-Disposition": 'attachment; filename="export.json"',
    "Cache-Control": "no-store",
    "X-Export-Rows": count,
    "Server-Timing": `mem;desc="MiB";dur=${((count * ROW_BYTES) / MEBIBYTE).toFixed(1)}`,
  });
  response.end(body);
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
