import type { Cache } from "./cache.ts";
import type { Database } from "./database.ts";

/** A model in the shape of the OpenAI API. */
export interface ModelEntry {
  readonly id: string;
  readonly object: "model";
  readonly owned_by: string;
}

const ACTIVE_MODELS = `
  SELECT id, 'model' AS object, provider AS owned_by
  FROM chat_models WHERE is_active ORDER BY id`;

export class Models {
  readonly #database: Database;
  readonly #cache: Cache;

  constructor(database: Database, cache: Cache) {
    this.#database = database;
    this.#cache = cache;
  }

  active(): Promise<ModelEntry[]> {
    return this.#cache.remember({ kind: "models", id: "active" }, () =>
      this.#database.query(ACTIVE_MODELS),
    );
  }
}
