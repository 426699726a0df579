import { LOG_LEVELS, type LogLevel } from "./settings.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One JSON object a line, as Docker's log drivers and log shippers take it. */
export class Log {
  #least: number;
  readonly #write: (line: string) => unknown;

  constructor(
    level: LogLevel,
    write: (line: string) => unknown = (line) => process.stdout.write(line),
  ) {
    this.#least = LOG_LEVELS.indexOf(level);
    this.#write = write;
  }

  setLevel(level: LogLevel): void {
    this.#least = LOG_LEVELS.indexOf(level);
  }

  debug(message: string, fields: Fields = {}): void {
    this.#line("debug", message, fields);
  }

  info(message: string, fields: Fields = {}): void {
    this.#line("info", message, fields);
  }

  warn(message: string, fields: Fields = {}): void {
    this.#line("warn", message, fields);
  }

  error(message: string, fields: Fields = {}): void {
    this.#line("error", message, fields);
  }

  #line(level: LogLevel, message: string, fields: Fields): void {
    if (LOG_LEVELS.indexOf(level) < this.#least) return;
    const time = new Date().toISOString();
    this.#write(`${JSON.stringify({ time, level, message, ...fields })}\n`);
  }
}
