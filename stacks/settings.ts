import { DockerProvider } from "@cdktf/provider-docker/lib/provider/index.js";
import { LocalBackend, type TerraformStack } from "cdktf";
import { sshOptions } from "../core/ssh.ts";
import type { Deployment } from "./deployment.ts";

/** 3.x drops a stopped container from the state at refresh: an OOM-killed database would vanish from the plan. */
const PROVIDER_VERSION = "4.6.0";
const LOCAL = "local";

/** Gives a stack its Docker provider and its own state. */
export function configureStack(
  stack: TerraformStack,
  { environment, stateFolder }: Deployment,
): void {
  const remote = environment.target !== LOCAL;
  new DockerProvider(stack, "docker", {
    ...(remote && { host: environment.target, sshOpts: sshOptions(environment.sshOptions) }),
  });
  // The binding was generated from 3.6.2.
  stack.addOverride("terraform.required_providers.docker.version", PROVIDER_VERSION);
  new LocalBackend(stack, { path: `${stateFolder}/${stack.node.id}.tfstate` });
}
