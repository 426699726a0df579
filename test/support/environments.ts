import { readConfig } from "../../config/config.ts";
import type { ConfigInput } from "../../config/define.ts";
import type { Environment } from "../../config/environment.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { config } from "../../plimsoll.config.ts";

export const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** Tags of the images that `local` as shipped runs. */
export const IMAGES = {
  guard: "plimsoll/guard:1",
  nginx: "plimsoll/site:1",
  postgres: "plimsoll/postgres:1",
  redis: "plimsoll/redis:1",
  apps: { chat: "plimsoll/chat:1" },
} as const;

type Patch = ConfigInput["environments"][string];

/** The shipped config with one environment `local` changed by `patch`. */
export function localWith(patch: Patch): Environment {
  const { base } = config;
  const [environment] = readConfig({ base, environments: { local: patch } }, ROOT);
  if (!environment) throw new Error("no environment came out of the config");
  return environment;
}

/** The problems that a function throws. */
export function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof OperatorError) return error.problems;
    throw error;
  }
  throw new Error("nothing was thrown");
}
