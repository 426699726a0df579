import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { backoffMs } from "./backoff.ts";
import { withDeadline } from "./deadline.ts";
import { unavailable } from "./http-error.ts";
import { type Log, reason } from "./log.ts";
import type { DatabaseSettings } from "./settings.ts";

export type Transaction = Pick<pg.PoolClient, "query">;
export type Work<Result> = (transaction: Transaction) => Promise<Result>;
type Row = pg.QueryResultRow;

/** Waiting for a free connection or a new one; longer queues are better shed. */
const CONNECT_TIMEOUT_MS = 3000;
/** Every statement of this application reads or writes a few indexed rows. */
const STATEMENT_TIMEOUT_MS = 5000;
/** Our own clock, for a server that went silent and cannot keep its statement timeout. */
const QUERY_TIMEOUT_MS = 8000;
const IDLE_TIMEOUT_MS = 30_000;
const PROBE_TIMEOUT_MS = 2000;

/** SQLSTATE classes for a server without resources (53), going down or cancelling (57), or cut off (08). */
const OUTAGE = /^(08|53|57)/;

/** The pool. An outage costs each request a 503; connections come back by themselves. */
export class Database {
  readonly #pool: pg.Pool;
  readonly #log: Log;
  readonly #closing = new AbortController();
  #prepared = false;

  constructor({ poolMax, name, ...login }: DatabaseSettings, log: Log) {
    this.#log = log;
    this.#pool = new pg.Pool({
      ...login,
      database: name,
      max: poolMax,
      keepAlive: true,
      application_name: "chat",
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    });
    // Without a listener, an idle connection that breaks would end the process.
    this.#pool.on("error", (error) =>
      log.warn("database: idle connection lost", { reason: reason(error) }),
    );
  }

  get counts() {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { max: this.#pool.options.max, total, idle, waiting };
  }

  /** Tries `prepare` until it succeeds; until then every query answers 503. Returns early when the database closes. */
  async start(prepare: Work<void>): Promise<void> {
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted && !this.#prepared; attempt++) {
      try {
        await this.#transact(prepare);
        this.#prepared = true;
        this.#log.info("database: ready");
      } catch (error) {
        this.#log.warn("database: not ready", { reason: reason(error) });
        await sleep(backoffMs(attempt), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** @throws HttpError 503 while the database cannot be reached or has no room. */
  async query<Result extends Row>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Result[]> {
    this.#assertPrepared();
    try {
      return (await this.#pool.query<Result>(text, [...values])).rows;
    } catch (error) {
      // Whatever is not the server's own answer is a failure to reach it.
      const answered = error instanceof pg.DatabaseError && !OUTAGE.test(error.code ?? "");
      throw answered ? error : unavailable("the database is away", error);
    }
  }

  /** Commits what `work` did, or nothing of it when it throws. */
  async transaction<Result>(work: Work<Result>): Promise<Result> {
    this.#assertPrepared();
    return this.#transact(work);
  }

  async isReachable(): Promise<boolean> {
    return withDeadline(this.query("SELECT 1"), PROBE_TIMEOUT_MS).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#pool.end();
  }

  #assertPrepared(): void {
    if (!this.#prepared) throw unavailable("the database is not ready");
  }

  async #transact<Result>(work: Work<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    let failed = true;
    // The pool listens only to idle clients; the failing statement reports the same error.
    const ignore = () => undefined;
    client.on("error", ignore);
    try {
      await client.query("BEGIN");
      const result = await work(client);
      await client.query("COMMIT");
      failed = false;
      return result;
    } finally {
      client.off("error", ignore);
      // Closing the connection rolls back, and works where ROLLBACK could not be sent.
      client.release(failed);
    }
  }
}
