import type { Report } from "../report.ts";
import { ensureDockerEngine } from "./docker-engine.ts";
import { ensureTerraformEnvironment, type TerraformEnvironment } from "./terraform-environment.ts";

/**
 * Everything that a deploy needs on the operator's machine: a Docker engine (images are built here for a server too),
 * Terraform and its Docker provider. Says what it installs; silent where all is there.
 * @returns the environment for cdktf and terraform
 * @throws OperatorError with the fix where something cannot be had from here
 */
export async function setUp(report: Report): Promise<TerraformEnvironment> {
  await ensureDockerEngine(report);
  return ensureTerraformEnvironment(report);
}
