import { existsSync } from "node:fs";
import { OperatorError } from "../../core/operator-error.ts";
import { registryAnswers } from "../images/registry.ts";
import { type Check, note, ok, problem } from "./check.ts";
import { whyNoPackages } from "./distribution.ts";
import { findGo, goPackage, requiredGo } from "./go.ts";
import { PROVIDER_MODULE } from "./provider-build.ts";
import { PROVIDER_VERSION, providerMirror } from "./provider-mirror.ts";
import { findTerraform, TERRAFORM_VERSION_MIN } from "./terraform.ts";
import { TERRAFORM_REGISTRY, terraformRegistryAnswers } from "./terraform-registry.ts";

export async function terraformCheck(): Promise<Check> {
  try {
    const found = await findTerraform();
    if (found !== undefined) return ok("terraform", `${found.version} (${found.binary})`);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return problem("terraform", "TERRAFORM_BINARY_NAME does not fit", error.message);
  }
  const found = `none of ${TERRAFORM_VERSION_MIN} or newer`;
  return problem("terraform", found, "./plimsoll up downloads it into your cache folder");
}

async function buildFix(): Promise<string> {
  if (await findGo(PROVIDER_MODULE)) return "./plimsoll up builds it, once (2 minutes)";
  const minimum = await requiredGo(PROVIDER_MODULE);
  const isOffered = !(await whyNoPackages()) && (await goPackage(minimum)) !== undefined;
  if (isOffered) return "./plimsoll up installs Go and builds it, once (2 minutes)";
  return `install Go ${minimum} or newer (go.dev/dl); then ./plimsoll up builds it, once`;
}

export async function providerCheck(): Promise<Check> {
  const { binary, folder } = providerMirror();
  if (existsSync(binary)) return ok("docker provider", `${PROVIDER_VERSION} in ${folder}`);
  if (await terraformRegistryAnswers(TERRAFORM_REGISTRY)) {
    return ok("docker provider", "the Terraform Registry answers");
  }
  const found = "the Terraform Registry does not answer, no mirror here";
  return problem("docker provider", found, await buildFix());
}

export async function imagesCheck(): Promise<Check> {
  if (await registryAnswers()) return ok("image registry", "answers: official images");
  return note("image registry", "does not answer: images are built from Debian packages");
}
