import { DockerProvider } from "@cdktf/provider-docker/lib/provider/index.js";
import type { TerraformStack } from "cdktf";
import { sshOptions } from "../core/ssh.ts";
import type { Deployment } from "./deployment.ts";
import { keepState } from "./state-backend.ts";
import { statePlace } from "./state-place.ts";

/** 3.x drops a stopped container from the state at refresh: an OOM-killed database would vanish from the plan. */
const PROVIDER_VERSION = "4.6.0";
const LOCAL = "local";

/** Gives a stack its Docker provider and its own state. */
export function configureStack(stack: TerraformStack, deployment: Deployment): void {
  const { environment } = deployment;
  const remote = environment.target !== LOCAL;
  new DockerProvider(stack, "docker", {
    ...(remote && { host: environment.target, sshOpts: sshOptions(environment.sshOptions) }),
  });
  // The binding was generated from 3.6.2.
  stack.addOverride("terraform.required_providers.docker.version", PROVIDER_VERSION);
  keepState(stack, statePlace(deployment, stack.node.id));
}
