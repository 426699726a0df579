import { hostname } from "node:os";
import { Environment } from "./environment.ts";

export const LOG_LEVELS = ["info", "debug", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface DatabaseSettings extends Login {
  readonly name: string;
  /** Connections this slot may open at most. */
  readonly poolMax: number;
}

/** Everything that may differ between slots and servers; the README lists the variables. */
export interface Settings {
  readonly port: number;
  readonly slotName: string;
  /** `http://host:port` of the guard's admin port; empty where there is none. */
  readonly guardUrl: string;
  readonly logLevel: LogLevel;
  readonly database: DatabaseSettings;
  readonly cache: Login;
  /** Signs the cookie that names the user; the same in all slots. */
  readonly sessionKey: string;
  readonly maxConnections: number;
  readonly drainTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly modelTokenDelayMs: number;
  /** Messages of a session that the model gets to see. */
  readonly historyLimit: number;
  readonly sessionTtlDays: number;
  /** Added to the process' chance to be killed when memory runs out, in 0.1 %; 0 changes nothing. */
  readonly oomScoreAdj: number;
}

const PORT_RANGE = { min: 1, max: 65_535 };
const HOUR_MS = 3_600_000;
/** Below this an HMAC key can be guessed. */
const SESSION_KEY_MIN_LENGTH = 16;

/** @throws EnvironmentError with every problem of the environment. */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  const environment = new Environment(variables);
  const settings: Settings = {
    port: environment.integer("PORT", { ...PORT_RANGE, min: 0, fallback: 3000 }),
    slotName: environment.text("SLOT_NAME", hostname()),
    guardUrl: environment.origin("GUARD_ADMIN_URL"),
    logLevel: environment.choice("LOG_LEVEL", LOG_LEVELS),
    database: readDatabase(environment),
    cache: {
      host: environment.text("CACHE_HOST"),
      port: environment.integer("CACHE_PORT", { ...PORT_RANGE, fallback: 6379 }),
      user: environment.text("CACHE_USER"),
      password: environment.secret("CACHE_PASSWORD_FILE"),
    },
    sessionKey: environment.secret("SESSION_KEY_FILE", SESSION_KEY_MIN_LENGTH),
    maxConnections: environment.integer("MAX_CONNECTIONS", { min: 1, max: 10_000, fallback: 80 }),
    drainTimeoutMs: environment.integer("DRAIN_TIMEOUT_MS", {
      min: 0,
      max: HOUR_MS,
      fallback: 30_000,
    }),
    // Proxies and CDNs cut a stream that is silent for 30 to 120 s.
    heartbeatMs: environment.integer("HEARTBEAT_MS", { min: 10, max: HOUR_MS, fallback: 15_000 }),
    modelTokenDelayMs: environment.integer("MODEL_TOKEN_DELAY_MS", {
      min: 0,
      max: 60_000,
      fallback: 50,
    }),
    historyLimit: environment.integer("HISTORY_LIMIT", { min: 1, max: 1000, fallback: 20 }),
    sessionTtlDays: environment.integer("SESSION_TTL_DAYS", { min: 1, max: 3650, fallback: 30 }),
    oomScoreAdj: environment.integer("OOM_SCORE_ADJ", { min: 0, max: 1000, fallback: 0 }),
  };
  environment.assertValid();
  return settings;
}

function readDatabase(environment: Environment): DatabaseSettings {
  return {
    host: environment.text("DATABASE_HOST"),
    port: environment.integer("DATABASE_PORT", { ...PORT_RANGE, fallback: 5432 }),
    name: environment.text("DATABASE_NAME"),
    user: environment.text("DATABASE_USER"),
    password: environment.secret("DATABASE_PASSWORD_FILE"),
    poolMax: environment.integer("DATABASE_POOL_MAX", { min: 1, max: 100, fallback: 8 }),
  };
}
