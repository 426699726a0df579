import type { Cache } from "./cache.ts";
import type { Database } from "./database.ts";
import { notFound } from "./http-error.ts";

/** What does not change during a session's life, and may therefore be cached. */
export interface Session {
  readonly id: string;
  readonly user_id: string;
  readonly title: string;
}

export interface SessionSummary {
  readonly id: string;
  readonly title: string;
  readonly created_at: string;
  readonly updated_at: string;
}

const LIST_LIMIT = 50;
const TITLE_LENGTH = 60;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

const LIST = `
  SELECT id, title, created_at, updated_at
  FROM chat_sessions WHERE user_id = $1 ORDER BY updated_at DESC LIMIT $2`;

const CREATE = `
  WITH owner AS (INSERT INTO chat_users (id) VALUES ($1) ON CONFLICT DO NOTHING)
  INSERT INTO chat_sessions (user_id, title) VALUES ($1, $2) RETURNING id, user_id, title`;

/** A user's conversations; another user's are treated as missing. */
export class Sessions {
  readonly #database: Database;
  readonly #cache: Cache;

  constructor(database: Database, cache: Cache) {
    this.#database = database;
    this.#cache = cache;
  }

  list(userId: string): Promise<SessionSummary[]> {
    return this.#database.query(LIST, [userId, LIST_LIMIT]);
  }

  async create(userId: string, question: string): Promise<Session> {
    const [session] = await this.#database.query<Session>(CREATE, [userId, titleOf(question)]);
    return session as Session;
  }

  /** @throws HttpError 404 when the user has no such session. */
  async find(id: string, userId: string | undefined): Promise<Session> {
    const session = UUID.test(id)
      ? await this.#cache.remember({ kind: "session", id }, () => this.#load(id))
      : undefined;
    if (!session || session.user_id !== userId) throw notFound("no such session");
    return session;
  }

  /** @throws HttpError 404 when the user has no such session. */
  async delete(id: string, userId: string | undefined): Promise<void> {
    await this.find(id, userId);
    await this.#database.query("DELETE FROM chat_sessions WHERE id = $1", [id]);
    await this.#cache.forget({ kind: "session", id });
  }

  async #load(id: string): Promise<Session | undefined> {
    const sql = "SELECT id, user_id, title FROM chat_sessions WHERE id = $1";
    const [session] = await this.#database.query<Session>(sql, [id]);
    return session;
  }
}

function titleOf(question: string): string {
  const line = question.trim().replaceAll(/\s+/g, " ");
  const characters = [...line];
  return characters.length > TITLE_LENGTH
    ? `${characters.slice(0, TITLE_LENGTH - 1).join("")}…`
    : line;
}
