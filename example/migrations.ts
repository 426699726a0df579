import type { Transaction } from "./database.ts";
import { chat } from "./migrations/0001-chat.ts";
import { models } from "./migrations/0002-models.ts";

/** In order; a migration that has been released is never edited, only followed by another. */
const MIGRATIONS: readonly (readonly [name: string, sql: string])[] = [
  ["0001-chat", chat],
  ["0002-models", models],
];

/** Any number that nothing else in this database locks. */
const MIGRATION_LOCK = 7_241_001;

/**
 * Brings the schema up to date, all or nothing. Slots start together, so the first one migrates
 * and the others wait for its lock, which ends with the transaction.
 */
export async function migrate(transaction: Transaction): Promise<void> {
  await transaction.query("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
  await transaction.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    name text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`);
  const { rows } = await transaction.query<{ name: string }>("SELECT name FROM schema_migrations");
  const applied = new Set(rows.map(({ name }) => name));
  for (const [name, sql] of MIGRATIONS) {
    if (applied.has(name)) continue;
    await transaction.query(sql);
    await transaction.query("INSERT INTO schema_migrations (name) VALUES ($1)", [name]);
  }
}
