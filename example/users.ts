import type { Cache } from "./cache.ts";
import type { Database } from "./database.ts";

export interface User {
  readonly id: string;
  readonly created_at: string;
}

/** Users appear with their first session. */
export class Users {
  readonly #database: Database;
  readonly #cache: Cache;

  constructor(database: Database, cache: Cache) {
    this.#database = database;
    this.#cache = cache;
  }

  find(id: string): Promise<User | undefined> {
    return this.#cache.remember({ kind: "user", id }, async () => {
      const [user] = await this.#database.query<User>(
        "SELECT id, created_at FROM chat_users WHERE id = $1",
        [id],
      );
      return user;
    });
  }
}
