import { existsSync } from "node:fs";
import type { Report } from "../report.ts";
import { makeOnce } from "./once.ts";
import { buildProvider } from "./provider-build.ts";
import {
  completeMirror,
  PROVIDER_VERSION,
  type ProviderMirror,
  providerMirror,
} from "./provider-mirror.ts";
import type { TerraformEnvironment } from "./terraform-environment.ts";
import { TERRAFORM_REGISTRY, terraformRegistryAnswers } from "./terraform-registry.ts";

/** TF_CLI_ARGS_* are split as a shell would. */
const shellWord = (text: string) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** cdktf also runs `providers lock`, which by itself asks the registry only. */
const mirrorVariables = (mirror: ProviderMirror): TerraformEnvironment => ({
  TF_CLI_CONFIG_FILE: mirror.cliConfig,
  TF_CLI_ARGS_providers_lock: `-fs-mirror=${shellWord(mirror.folder)}`,
});

/** A TF_CLI_CONFIG_FILE that leads nowhere makes every terraform call warn. */
function registryVariables(): TerraformEnvironment {
  const file = process.env["TF_CLI_CONFIG_FILE"];
  return file && !existsSync(file) ? { TF_CLI_CONFIG_FILE: undefined } : {};
}

async function build(mirror: ProviderMirror, report: Report): Promise<void> {
  report.step(
    `docker provider: the Terraform Registry does not answer; building ${PROVIDER_VERSION} from its Go module (2 minutes on 2 cores, once per machine)`,
  );
  await buildProvider(mirror.binary, report);
  report.done(`docker provider: ${PROVIDER_VERSION} in ${mirror.folder}`);
}

/**
 * Sees to it that Terraform can have the Docker provider: from the user's mirror, else from the registry where that
 * answers, else built into the mirror.
 * @param registry where the Terraform at hand looks for providers
 * @returns what Terraform's environment needs for it
 * @throws OperatorError with the fix where it can be had from nowhere
 */
export async function ensureProvider(
  report: Report,
  registry = TERRAFORM_REGISTRY,
): Promise<TerraformEnvironment> {
  const mirror = providerMirror();
  const isDone = async () => existsSync(mirror.binary);
  if (!(await isDone())) {
    if (await terraformRegistryAnswers(registry)) return registryVariables();
    const make = () => build(mirror, report);
    await makeOnce({ file: mirror.binary, thing: "docker provider", isDone, make }, report);
  }
  await completeMirror(mirror);
  return mirrorVariables(mirror);
}
