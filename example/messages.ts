import pg from "pg";
import type { Database } from "./database.ts";
import { notFound } from "./http-error.ts";

export type Role = "system" | "user" | "assistant";
/** `length`: as many tokens as were asked for; `cancelled`: the client left before the end. */
export type FinishReason = "stop" | "length" | "cancelled";

export interface Message {
  readonly role: Role;
  readonly content: string;
}

export interface StoredMessage extends Message {
  readonly id: string;
  readonly finish_reason: FinishReason | null;
  readonly created_at: string;
}

const LIST_LIMIT = 200;
const FOREIGN_KEY_VIOLATION = "23503";

const RECENT = `
  SELECT id, role, content, finish_reason, created_at FROM (
    SELECT * FROM chat_messages WHERE session_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2
  ) AS recent ORDER BY created_at, id`;

const ADD = `
  WITH touched AS (UPDATE chat_sessions SET updated_at = now() WHERE id = $1)
  INSERT INTO chat_messages (session_id, role, content, finish_reason)
  SELECT $1, role, content, $4 FROM unnest($2::text[], $3::text[]) AS message (role, content)`;

export class Messages {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The newest messages of a session, oldest first. */
  recent(sessionId: string, limit = LIST_LIMIT): Promise<StoredMessage[]> {
    return this.#database.query(RECENT, [sessionId, limit]);
  }

  /** @throws HttpError 404 when the session was deleted meanwhile. */
  async add(
    sessionId: string,
    messages: readonly Message[],
    finishReason?: FinishReason,
  ): Promise<void> {
    const roles = messages.map(({ role }) => role);
    const contents = messages.map(({ content }) => content);
    try {
      await this.#database.query(ADD, [sessionId, roles, contents, finishReason]);
    } catch (error) {
      const deleted = error instanceof pg.DatabaseError && error.code === FOREIGN_KEY_VIOLATION;
      throw deleted ? notFound("the session was deleted") : error;
    }
  }
}
