import {
  type BackendSettings,
  CONCURRENCY,
  formatBackends,
  parseBackends,
} from "./backend-settings.ts";
import { type IntegerRule, integerProblem, parseInteger } from "./integer-rule.ts";
import { SettingsError } from "./settings-error.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything that the guard can be told. What it must do is the concern of the file that uses it. */
export interface Settings {
  readonly listen: Address;
  readonly adminListen: Address;
  readonly backends: readonly BackendSettings[];
  readonly acquireTimeoutMs: number;
  readonly queueRequests: number;
  readonly readTimeoutMs: number;
  readonly stallTimeoutMs: number;
  readonly drainTimeoutMs: number;
  readonly logLevel: LogLevel;
}

export const DEFAULT_LISTEN = "0.0.0.0:8080";
/** Loopback: whoever reaches the admin port needs no password. */
export const DEFAULT_ADMIN_LISTEN = "127.0.0.1:9180";
export const DEFAULT_LOG_LEVEL: LogLevel = "info";

export const MAX_CONCURRENT: IntegerRule = { ...CONCURRENCY, name: "MAX_CONCURRENT" };
/** Below nginx' proxy_read_timeout, so that the client gets our 503 and not nginx' 504. */
export const ACQUIRE_TIMEOUT: IntegerRule = {
  name: "GUARD_ACQUIRE_TIMEOUT_MS",
  unit: "milliseconds",
  default: 10_000,
  min: 0,
  max: 300_000,
};
/** A waiting request costs two socket buffers, at most some 40 KB. */
export const QUEUE: IntegerRule = {
  name: "GUARD_QUEUE_REQUESTS",
  unit: "requests",
  default: 128,
  min: 0,
  max: 10_000,
};
/** An event stream may be silent this long between heartbeats. */
export const READ_TIMEOUT: IntegerRule = {
  name: "GUARD_READ_TIMEOUT_MS",
  unit: "milliseconds",
  default: 300_000,
  min: 1_000,
  max: 86_400_000,
};
export const STALL_TIMEOUT: IntegerRule = {
  name: "GUARD_STALL_TIMEOUT_MS",
  unit: "milliseconds",
  default: 60_000,
  min: 1_000,
  max: 3_600_000,
};
export const DRAIN_TIMEOUT: IntegerRule = {
  name: "GUARD_DRAIN_TIMEOUT_MS",
  unit: "milliseconds",
  default: 30_000,
  min: 0,
  max: 600_000,
};

const INTEGERS = [
  MAX_CONCURRENT,
  ACQUIRE_TIMEOUT,
  QUEUE,
  READ_TIMEOUT,
  STALL_TIMEOUT,
  DRAIN_TIMEOUT,
];
const TEXTS = ["GUARD_LISTEN", "GUARD_ADMIN_LISTEN", "GUARD_BACKENDS", "LOG_LEVEL"];
/** Every variable that the guard reads. */
export const VARIABLES: readonly string[] = [...TEXTS, ...INTEGERS.map(({ name }) => name)];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings from environment variables; an empty one counts as absent.
 * @throws SettingsError with every problem at once.
 */
export function readSettings(environment: Environment): Settings {
  const reader = new Reader(environment);
  const settings: Settings = {
    listen: reader.address("GUARD_LISTEN", DEFAULT_LISTEN),
    adminListen: reader.address("GUARD_ADMIN_LISTEN", DEFAULT_ADMIN_LISTEN),
    backends: reader.backends(reader.integer(MAX_CONCURRENT)),
    acquireTimeoutMs: reader.integer(ACQUIRE_TIMEOUT),
    queueRequests: reader.integer(QUEUE),
    readTimeoutMs: reader.integer(READ_TIMEOUT),
    stallTimeoutMs: reader.integer(STALL_TIMEOUT),
    drainTimeoutMs: reader.integer(DRAIN_TIMEOUT),
    logLevel: reader.logLevel(),
  };
  reader.refuseUnknown();
  if (reader.problems.length > 0) throw new SettingsError(reader.problems);
  return settings;
}

/** The environment that `readSettings` reads back as the same settings. */
export function formatSettings(settings: Settings): Record<string, string> {
  return {
    GUARD_LISTEN: formatAddress(settings.listen),
    GUARD_ADMIN_LISTEN: formatAddress(settings.adminListen),
    GUARD_BACKENDS: formatBackends(settings.backends),
    [ACQUIRE_TIMEOUT.name]: String(settings.acquireTimeoutMs),
    [QUEUE.name]: String(settings.queueRequests),
    [READ_TIMEOUT.name]: String(settings.readTimeoutMs),
    [STALL_TIMEOUT.name]: String(settings.stallTimeoutMs),
    [DRAIN_TIMEOUT.name]: String(settings.drainTimeoutMs),
    LOG_LEVEL: settings.logLevel,
  };
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

class Reader {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  integer(rule: IntegerRule): number {
    const text = this.#environment[rule.name] || String(rule.default);
    const value = parseInteger(text, rule);
    if (value === undefined) this.problems.push(integerProblem(rule, text));
    return value ?? rule.default;
  }

  address(name: string, fallback: string): Address {
    const text = this.#environment[name] || fallback;
    const [, host = "", port = ""] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
    if (host === "" || Number(port) > 65_535) {
      this.problems.push(`${name}: must be host:port, got "${text}"; write ${fallback}`);
    }
    return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
  }

  backends(maxConcurrent: number): readonly BackendSettings[] {
    const text = this.#environment["GUARD_BACKENDS"] ?? "";
    return parseBackends(text, maxConcurrent, (problem) => this.problems.push(problem));
  }

  logLevel(): LogLevel {
    const text = this.#environment["LOG_LEVEL"] || DEFAULT_LOG_LEVEL;
    const level = LOG_LEVELS.find((each) => each === text);
    if (level === undefined) {
      const levels = LOG_LEVELS.join(", ");
      this.problems.push(`LOG_LEVEL: must be one of ${levels}, got "${text}"; write info`);
    }
    return level ?? DEFAULT_LOG_LEVEL;
  }

  /** A misspelt name would otherwise leave a default in force that nobody asked for. */
  refuseUnknown(): void {
    for (const [name, value] of Object.entries(this.#environment)) {
      if (name.startsWith("GUARD_") && !VARIABLES.includes(name)) {
        const known = VARIABLES.filter((each) => each.startsWith("GUARD_")).join(", ");
        this.problems.push(`${name}: must be a known variable, got "${value}"; known are ${known}`);
      }
    }
  }
}
