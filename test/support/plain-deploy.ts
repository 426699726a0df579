import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { ROOT } from "./environments.ts";
import type { Outcome, Sandbox } from "./sandbox.ts";

const DEPLOY = 'eval "$1"; exec npx cdktf deploy "$2" --auto-approve --output "$3"';

/**
 * `cdktf deploy` of an environment, without the CLI around it but for what `./plimsoll env` says.
 * @param args of `env`, such as `--target`
 * @param env how to get into the server
 */
export async function plainDeploy(
  box: Sandbox,
  name: string,
  { args = [], env = {} }: { args?: readonly string[]; env?: Record<string, string> } = {},
): Promise<Outcome> {
  const { stdout: exports } = await box.run(["env", name, ...args], { env });
  const words = ["-c", DEPLOY, "bash", exports, `${name}-*`, join(box.stateFolder, "plain.out")];
  const { exitCode, stdout, stderr } = await execa("bash", words, {
    ...{ cwd: ROOT, reject: false },
    env: { ...env, PLIMSOLL_CONFIG: box.configFile, FORCE_COLOR: "0" },
  });
  return { exitCode, stdout: stripVTControlCharacters(stdout), stderr };
}
