import { readJsonSource } from "./json-source.ts";
import { CONFIG_FILE, type Environment, readSettings, type Settings } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";

const RULE = "must be a JSON object whose `environment`, if any, has only texts";

/**
 * Reads the settings from the environment and, over it, from the `environment` of the file that GUARD_CONFIG names:
 * a running process can be told nothing new through its own.
 * @throws SettingsError with every problem at once.
 */
export function loadSettings(environment: Environment): Settings {
  const path = environment[CONFIG_FILE];
  if (!path) return readSettings(environment);
  return readSettings({ ...environment, ...fileEnvironment(path), [CONFIG_FILE]: path });
}

function fileEnvironment(path: string): Environment {
  const file = readJson(path);
  const environment = isObject(file) ? (file["environment"] ?? {}) : undefined;
  if (isObject(environment)) {
    const values = Object.values(environment);
    if (values.every((value) => typeof value === "string")) return environment as Environment;
  }
  throw new SettingsError([
    `${CONFIG_FILE}: ${RULE}, got ${JSON.stringify(file)}; correct ${path}`,
  ]);
}

function readJson(path: string): unknown {
  try {
    return readJsonSource(path);
  } catch (error) {
    const problem = `${CONFIG_FILE}: ${RULE}, got ${(error as Error).message}`;
    throw new SettingsError([`${problem}; correct ${path}`]);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
