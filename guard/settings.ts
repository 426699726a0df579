import { type BackendSettings, formatBackends, parseBackends } from "./backend-settings.ts";
import type { Thresholds } from "./band.ts";
import { type GuardConfig, NO_CONFIG, readGuardConfig } from "./guard-config.ts";
import { type IntegerRule, integerProblem, parseInteger } from "./integer-rule.ts";
import { INTEGER_ENTRIES, type IntegerSettings, MAX_CONCURRENT } from "./integer-settings.ts";
import { SettingsError } from "./settings-error.ts";
import { formatThresholds, parseThresholds, THRESHOLD_NAMES } from "./threshold-settings.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything that the guard can be told. What it must do is the concern of the file that uses it. */
export interface Settings extends IntegerSettings, Thresholds {
  /** False: everything passes, unlimited and as it is. */
  readonly enabled: boolean;
  readonly listen: Address;
  readonly adminListen: Address;
  readonly backends: readonly BackendSettings[];
  /** Memory decides and counts, but refuses nobody. */
  readonly observe: boolean;
  /** File in which learned costs are kept. */
  readonly costFile: string | undefined;
  /** File of routes, and what it says. */
  readonly configPath: string | undefined;
  readonly config: GuardConfig;
  readonly logLevel: LogLevel;
}

const DEFAULT_LISTEN = "0.0.0.0:8080";
/** Loopback: whoever reaches the admin port needs no password. */
const DEFAULT_ADMIN_LISTEN = "127.0.0.1:9180";
const DEFAULT_LOG_LEVEL: LogLevel = "info";

const ENABLED = "MEMORY_GUARD_ENABLED";
/** Names a file that is read over the environment, see settings-source.ts. */
export const CONFIG_FILE = "GUARD_CONFIG";
const TEXTS = ["GUARD_LISTEN", "GUARD_ADMIN_LISTEN", "GUARD_BACKENDS", CONFIG_FILE, "LOG_LEVEL"];
const OBSERVE = "GUARD_OBSERVE";
const COST_FILE = "GUARD_COST_FILE";
const INTEGER_NAMES = [MAX_CONCURRENT, ...INTEGER_ENTRIES.map(([, rule]) => rule)].flatMap(
  ({ name, alias, seconds }) => [name, alias, seconds].filter((each) => each !== undefined),
);
/** Every variable that the guard reads. */
export const VARIABLES: readonly string[] = [
  ...TEXTS,
  ENABLED,
  OBSERVE,
  COST_FILE,
  ...THRESHOLD_NAMES,
  ...INTEGER_NAMES,
];

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings from environment variables; an empty one counts as absent.
 * @throws SettingsError with every problem at once.
 */
export function readSettings(environment: Environment): Settings {
  const reader = new Reader(environment);
  const settings: Settings = {
    enabled: reader.boolean(ENABLED, true),
    listen: reader.address("GUARD_LISTEN", DEFAULT_LISTEN),
    adminListen: reader.address("GUARD_ADMIN_LISTEN", DEFAULT_ADMIN_LISTEN),
    backends: reader.backends(reader.integer(MAX_CONCURRENT)),
    ...integers(reader),
    ...reader.thresholds(),
    observe: reader.boolean(OBSERVE, false),
    costFile: environment[COST_FILE] || undefined,
    ...reader.config(),
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
    [ENABLED]: String(settings.enabled),
    ...Object.fromEntries(INTEGER_ENTRIES.map(([key, { name }]) => [name, String(settings[key])])),
    ...formatThresholds(settings),
    [OBSERVE]: String(settings.observe),
    ...(settings.costFile !== undefined && { [COST_FILE]: settings.costFile }),
    ...(settings.configPath !== undefined && { [CONFIG_FILE]: settings.configPath }),
    LOG_LEVEL: settings.logLevel,
  };
}

function integers(reader: Reader): IntegerSettings {
  const values = INTEGER_ENTRIES.map(([key, rule]) => [key, reader.integer(rule)]);
  return Object.fromEntries(values) as IntegerSettings;
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What is no number stays as it is, for the rule to find. */
function inMilliseconds(seconds: string): string {
  return /^\d+(?:\.\d{1,3})?$/.test(seconds)
    ? String(Math.round(Number(seconds) * 1_000))
    : seconds;
}

class Reader {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  integer(rule: IntegerRule): number {
    const text = this.#environment[rule.name] || this.#aliased(rule) || String(rule.default);
    const value = parseInteger(text, rule);
    if (value === undefined) this.problems.push(integerProblem(rule, text));
    return value ?? rule.default;
  }

  #aliased({ alias = "", seconds = "" }: IntegerRule): string | undefined {
    const inSeconds = this.#environment[seconds];
    return this.#environment[alias] || (inSeconds && inMilliseconds(inSeconds));
  }

  boolean(name: string, fallback: boolean): boolean {
    const text = this.#environment[name] || String(fallback);
    if (text !== "true" && text !== "false") {
      this.problems.push(`${name}: must be true or false, got "${text}"; write ${fallback}`);
    }
    return text === "true";
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

  thresholds(): Thresholds {
    return parseThresholds(this.#environment, (problem) => this.problems.push(problem));
  }

  config(): Pick<Settings, "configPath" | "config"> {
    const path = this.#environment[CONFIG_FILE] || undefined;
    if (path === undefined) return { configPath: undefined, config: NO_CONFIG };
    const config = readGuardConfig(path, (problem) => this.problems.push(problem));
    return { configPath: path, config };
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
