import { createClient } from "redis";
import { backoffMs } from "./backoff.ts";
import { withDeadline } from "./deadline.ts";
import { type Log, reason } from "./log.ts";
import type { Login } from "./settings.ts";

/** How long each kind of entry may be stale. */
export const CACHE_TTL_SECONDS = { models: 300, session: 600, user: 900 } as const;

export interface CacheEntry {
  readonly kind: keyof typeof CACHE_TTL_SECONDS;
  readonly id: string;
}

const CONNECT_TIMEOUT_MS = 2000;
/**
 * A cache slower than this is slower than the query it saves. The client's own timeout ends when the command
 * is sent; a hung server would go unnoticed.
 */
const REPLY_TIMEOUT_MS = 250;
/** After a reply that did not come: one slow request in this time, not all of them. */
const PAUSE_MS = 3000;

const keyOf = ({ kind, id }: CacheEntry) => `chat:${kind}:${id}`;

/** Read-through cache. Never a reason to fail: without Redis every lookup is a miss. */
export class Cache {
  readonly #client: ReturnType<typeof connect>;
  readonly #log: Log;
  #pausedUntilMs = 0;
  #hits = 0;
  #misses = 0;

  constructor(login: Login, log: Log) {
    this.#log = log;
    this.#client = connect(login);
    let away = false;
    // One line per outage, not one per attempt to reconnect.
    this.#client.on("error", (error) => {
      if (!away) log.warn("cache: away", { reason: reason(error) });
      away = true;
    });
    this.#client.on("ready", () => {
      away = false;
      log.info("cache: connected");
    });
  }

  get counts() {
    return { hits: this.#hits, misses: this.#misses };
  }

  /** Connects in the background and reconnects for as long as it takes; what goes wrong arrives as an event. */
  start(): void {
    this.#client.connect().catch(() => undefined);
  }

  /** The cached value, or what `load` finds; `undefined` is not cached. */
  async remember<Value>(entry: CacheEntry, load: () => Promise<Value>): Promise<Value> {
    const text = await this.#attempt(() => this.#client.get(keyOf(entry)));
    if (text) {
      this.#hits += 1;
      return JSON.parse(text) as Value;
    }
    this.#misses += 1;
    const value = await load();
    if (value !== undefined) await this.#store(entry, value);
    return value;
  }

  async forget(entry: CacheEntry): Promise<void> {
    await this.#attempt(() => this.#client.del(keyOf(entry)));
  }

  async isReachable(): Promise<boolean> {
    return (await this.#attempt(() => this.#client.ping())) === "PONG";
  }

  close(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }

  async #store(entry: CacheEntry, value: unknown): Promise<void> {
    const expiration = { type: "EX", value: CACHE_TTL_SECONDS[entry.kind] } as const;
    await this.#attempt(() =>
      this.#client.set(keyOf(entry), JSON.stringify(value), { expiration }),
    );
  }

  async #attempt<Reply>(command: () => Promise<Reply>): Promise<Reply | undefined> {
    if (!this.#client.isReady || Date.now() < this.#pausedUntilMs) return undefined;
    try {
      return await withDeadline(command(), REPLY_TIMEOUT_MS);
    } catch (error) {
      this.#pausedUntilMs = Date.now() + PAUSE_MS;
      this.#log.warn("cache: no reply, paused", { reason: reason(error), pauseMs: PAUSE_MS });
      return undefined;
    }
  }
}

function connect({ host, port, user, password }: Login) {
  return createClient({
    username: user,
    password,
    socket: {
      host,
      port,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (retries) => backoffMs(retries),
    },
    // A command that cannot be sent now is a miss, not a promise for later.
    disableOfflineQueue: true,
    // Both would need rights that a cache user does not have.
    disableClientInfo: true,
    maintNotifications: "disabled",
  });
}
