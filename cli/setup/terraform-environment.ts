import { basename, delimiter, dirname, sep } from "node:path";
import type { Report } from "../report.ts";
import { cacheFolder } from "./cache-folder.ts";
import { ensureProvider } from "./provider.ts";
import { ensureTerraform } from "./terraform.ts";
import { OPENTOFU_REGISTRY, TERRAFORM_REGISTRY } from "./terraform-registry.ts";

/** Variables to set for cdktf and terraform; an undefined one is to be removed. Fits `env` of a subprocess. */
export type TerraformEnvironment = Readonly<Record<string, string | undefined>>;

const isCached = (file: string) => file.startsWith(cacheFolder() + sep);

/** Node too: cdktf starts it by its name, and the one in the operator's PATH may be too old. */
function pathVariable(binary: string): TerraformEnvironment {
  const folders = [binary, process.execPath].filter(isCached).map((file) => dirname(file));
  if (folders.length === 0) return {};
  const rest = (process.env["PATH"] ?? "").split(delimiter).filter((one) => !folders.includes(one));
  return { PATH: [...folders, ...rest].join(delimiter) };
}

function binaryVariable(binary: string): TerraformEnvironment {
  if (binary === "terraform" || isCached(binary)) return {};
  return { TERRAFORM_BINARY_NAME: binary };
}

/**
 * Exactly what a plain `npx cdktf` or `terraform` needs on this machine.
 * @param binary of `ensureTerraform`
 * @param provider of `ensureProvider`
 */
export function terraformEnvironment(
  binary: string,
  provider: TerraformEnvironment,
): TerraformEnvironment {
  return {
    // Terraform's call home costs seconds and prints errors where there is no way out.
    CHECKPOINT_DISABLE: "1",
    // cdktf shares one plugin cache over all deploys of a user, and each `terraform init` empties and refills it: another
    // deploy's Terraform then finds its provider gone ("Required plugins are not installed").
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    ...provider,
    ...binaryVariable(binary),
    ...pathVariable(binary),
  };
}

const isOpenTofu = (binary: string) => basename(binary).startsWith("tofu");

/** Terraform and its Docker provider, set up where they are missing, and the environment that they need. */
export async function ensureTerraformEnvironment(report: Report): Promise<TerraformEnvironment> {
  const { binary } = await ensureTerraform(report);
  const registry = isOpenTofu(binary) ? OPENTOFU_REGISTRY : TERRAFORM_REGISTRY;
  return terraformEnvironment(binary, await ensureProvider(report, registry));
}
