import type { Log } from "./log.ts";

type Fields = Readonly<Record<string, string | undefined>>;

const INTERVAL_MS = 1_000;

/**
 * At most one line a second for each message and reason, with the number of times since the last one: overload
 * must not turn into a flood of log lines.
 */
export class LogThrottle {
  readonly #log: Log;
  readonly #more: Readonly<Record<string, () => object>>;
  /** Repeats since the last line, of what had a line within the interval. */
  readonly #repeats = new Map<string, number>();

  /** @param more what a message's first line tells beside its fields, by message. Default: nothing. */
  constructor(log: Log, more: Readonly<Record<string, () => object>> = {}) {
    this.#log = log;
    this.#more = more;
  }

  warn(message: string, fields: Fields & { readonly reason: string }): void {
    const key = `${message}: ${fields.reason}`;
    const repeats = this.#repeats.get(key);
    if (repeats !== undefined) {
      this.#repeats.set(key, repeats + 1);
      return;
    }
    this.#log.warn(message, { ...fields, ...this.#more[message]?.(), count: 1 });
    this.#quiet(key, (count) => this.#log.warn(message, { reason: fields.reason, count }));
  }

  #quiet(key: string, write: (count: number) => void): void {
    this.#repeats.set(key, 0);
    const next = () => {
      const count = this.#repeats.get(key) ?? 0;
      if (count === 0) {
        this.#repeats.delete(key);
        return;
      }
      write(count);
      this.#quiet(key, write);
    };
    setTimeout(next, INTERVAL_MS).unref();
  }
}
