import type { LogLevel } from "./settings.ts";

type Fields = Readonly<Record<string, unknown>>;
type Write = (line: string) => void;

export type Log = Readonly<Record<LogLevel, (message: string, fields?: Fields) => void>>;

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

const toStdout: Write = (line) => process.stdout.write(line);

/** One JSON object per line on stdout, where the container's log driver collects and rotates it. */
export function createLog(threshold: LogLevel, slot: string, write: Write = toStdout): Log {
  const at = (level: LogLevel) => (message: string, fields?: Fields) => {
    if (RANK[level] < RANK[threshold]) return;
    write(
      `${JSON.stringify({ time: new Date().toISOString(), level, slot, message, ...fields })}\n`,
    );
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** What a log line keeps of something thrown. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's AggregateError, thrown when a host's every address refuses, has an empty message.
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
