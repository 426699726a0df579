import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { environmentNamed } from "../config/config.ts";
import type { Environment } from "../config/environment.ts";
import { loadConfig } from "../config/load.ts";
import { parseTarget } from "../core/target.ts";
import { openTarget, type Target } from "./target.ts";

const DEFAULT_ENVIRONMENT = "local";

/** What a command works on. */
export interface Chosen {
  readonly environment: Environment;
  readonly target: Target;
}

export interface TargetOption {
  readonly target?: string;
}

type Argument = readonly [flag: string, description: string];

/**
 * A command with an environment as its argument and `--target`.
 * @param before an argument that stands before the environment, which may be left out
 */
export function environmentCommand(name: string, description: string, before?: Argument): Command {
  const command = new Command(name).description(description);
  if (before) command.argument(...before);
  return command
    .argument("[environment]", "a name from plimsoll.config.ts", DEFAULT_ENVIRONMENT)
    .option("--target <host>", "Docker host of this run: local, or ssh://user@host:port");
}

/** @throws OperatorError when the config breaks a rule or has no such environment */
export async function chooseEnvironment(
  name: string,
  { target }: TargetOption,
): Promise<Environment> {
  // As a variable, so that the steps inside a deploy see it too.
  if (target) process.env["PLIMSOLL_TARGET"] = target;
  return environmentNamed(await loadConfig(process.cwd()), name);
}

/** @throws OperatorError as `chooseEnvironment` */
export async function choose(name: string, options: TargetOption): Promise<Chosen> {
  const environment = await chooseEnvironment(name, options);
  if (parseTarget(environment.target).kind === "ssh") {
    // ssh keeps its shared connection's socket there, and ends when it cannot.
    await mkdir(join(homedir(), ".ssh"), { recursive: true, mode: 0o700 });
  }
  return { environment, target: openTarget(environment.target, environment.sshOptions) };
}

export const JSON_OPTION = ["--json", "for programs"] as const;
