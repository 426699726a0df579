import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "./database.ts";
import { type Log, reason } from "./log.ts";

/** Small enough that one batch, with its messages, stays far below the statement timeout. */
const BATCH_ROWS = 200;
const CLEANUP_LOCK = 7_241_002;
const INTERVAL_MS = 3_600_000;

const DELETE_IDLE = `
  DELETE FROM chat_sessions WHERE id IN (
    SELECT id FROM chat_sessions
    WHERE updated_at < now() - make_interval(days => $1)
    ORDER BY updated_at LIMIT $2
  )`;

/** Deletes sessions idle longer than `ttlDays`, in batches; returns how many. Does nothing while another slot does it. */
export async function deleteIdleSessions(database: Database, ttlDays: number): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = await deleteBatch(database, ttlDays);
    total += deleted;
    if (deleted < BATCH_ROWS) return total;
  }
}

/** Runs the clean-up now and every hour until `signal` aborts. */
export async function keepClean(
  database: Database,
  ttlDays: number,
  { log, signal }: { log: Log; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      const deleted = await deleteIdleSessions(database, ttlDays);
      if (deleted > 0) log.info("cleanup: idle sessions deleted", { deleted });
    } catch (error) {
      log.warn("cleanup: failed, will be tried again", { reason: reason(error) });
    }
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

function deleteBatch(database: Database, ttlDays: number): Promise<number> {
  return database.transaction(async (transaction) => {
    const { rows } = await transaction.query("SELECT pg_try_advisory_xact_lock($1) AS locked", [
      CLEANUP_LOCK,
    ]);
    if (!rows[0]?.locked) return 0;
    const { rowCount } = await transaction.query(DELETE_IDLE, [ttlDays, BATCH_ROWS]);
    return rowCount ?? 0;
  });
}
