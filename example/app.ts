import { Cache } from "./cache.ts";
import { Chat } from "./chat.ts";
import { keepClean } from "./cleanup.ts";
import { Database } from "./database.ts";
import { Exports } from "./export.ts";
import { Health } from "./health.ts";
import { Identity } from "./identity.ts";
import type { Log } from "./log.ts";
import { Memory } from "./memory.ts";
import { Messages } from "./messages.ts";
import { migrate } from "./migrations.ts";
import { Models } from "./models.ts";
import { createRoutes } from "./routes.ts";
import { AppServer } from "./server.ts";
import { Sessions } from "./sessions.ts";
import type { Settings } from "./settings.ts";
import { drain } from "./shutdown.ts";
import { Users } from "./users.ts";

/** The application: listens at once, and answers 503 until its database is there. */
export class App {
  readonly #settings: Settings;
  readonly #log: Log;
  readonly #database: Database;
  readonly #cache: Cache;
  readonly #server: AppServer;
  readonly #stopping = new AbortController();

  constructor(settings: Settings, log: Log) {
    this.#settings = settings;
    this.#log = log;
    this.#database = new Database(settings.database, log);
    this.#cache = new Cache(settings.cache, log);
    this.#server = new AppServer({
      router: this.#routes(),
      maxConnections: settings.maxConnections,
      log,
    });
  }

  /** Resolves with the port as soon as it is open. */
  async start(): Promise<number> {
    const port = await this.#server.listen(this.#settings.port);
    this.#cache.start();
    void this.#prepare();
    return port;
  }

  /** Lets requests under way finish, at most for the drain timeout, then closes what they used. */
  async stop(): Promise<void> {
    await drain(this.#server, this.#settings.drainTimeoutMs);
    this.#stopping.abort();
    this.#cache.close();
    await this.#database.close();
  }

  async #prepare(): Promise<void> {
    await this.#database.start(migrate);
    await keepClean(this.#database, this.#settings.sessionTtlDays, {
      log: this.#log,
      signal: this.#stopping.signal,
    });
  }

  #routes() {
    const identity = new Identity(this.#settings.sessionKey);
    const sessions = new Sessions(this.#database, this.#cache);
    const messages = new Messages(this.#database);
    return createRoutes({
      identity,
      sessions,
      messages,
      chat: new Chat({ identity, sessions, messages, settings: this.#settings, log: this.#log }),
      exports: new Exports(new Memory(this.#settings)),
      health: new Health({
        database: this.#database,
        cache: this.#cache,
        connections: () => this.#server.connections.counts(),
        slotName: this.#settings.slotName,
      }),
      models: new Models(this.#database, this.#cache),
      users: new Users(this.#database, this.#cache),
    });
  }
}
