/** What a registry needs for its first byte on a slow line; where it does not answer, every run pays for it. */
const ANSWER_TIMEOUT_MS = 3000;

/** Where Terraform and OpenTofu look for providers whose address names no host. */
export const TERRAFORM_REGISTRY = "https://registry.terraform.io";
export const OPENTOFU_REGISTRY = "https://registry.opentofu.org";

/**
 * Whether a provider registry answers within 3 s.
 * Source: remote service discovery protocol of Terraform, `/.well-known/terraform.json`.
 */
export async function terraformRegistryAnswers(
  registry: string,
  timeoutMs = ANSWER_TIMEOUT_MS,
): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(`${registry}/.well-known/terraform.json`, { signal });
    const services: unknown = await response.json();
    return typeof services === "object" && services !== null && "providers.v1" in services;
  } catch {
    return false;
  }
}
