import { access } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { OperatorError } from "../core/operator-error.ts";
import { readConfig } from "./config.ts";
import type { Environment } from "./environment.ts";

const CONFIG_FILE = "plimsoll.config.ts";

/** The run's own words: `PLIMSOLL_TARGET`, `PLIMSOLL_SSH_OPTIONS` (separated by blanks). */
function overrides(variables: NodeJS.ProcessEnv) {
  return {
    target: variables["PLIMSOLL_TARGET"] || undefined,
    sshOptions: variables["PLIMSOLL_SSH_OPTIONS"]?.split(" ").filter(Boolean),
  };
}

/**
 * Reads `plimsoll.config.ts` in that folder; `PLIMSOLL_CONFIG` names another file.
 * @throws OperatorError when there is none, or it breaks a rule
 */
export async function loadConfig(folder: string, variables = process.env): Promise<Environment[]> {
  const file = variables["PLIMSOLL_CONFIG"] || join(folder, CONFIG_FILE);
  try {
    await access(file);
  } catch {
    throw new OperatorError(
      `${file}: no config there; write it as the README shows, or name it in PLIMSOLL_CONFIG`,
    );
  }
  const module: { config?: unknown; default?: unknown } = await import(pathToFileURL(file).href);
  return readConfig(module.config ?? module.default, folder, overrides(variables));
}
