import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { offsiteOf } from "../config/environment.ts";
import { HostLayer } from "./constructs/host-layer.ts";
import { OperatorStep } from "./constructs/operator-step.ts";
import type { Deployment } from "./deployment.ts";
import { hostBundle } from "./host-bundle.ts";
import { configureStack } from "./settings.ts";

export interface HostStackProps {
  readonly deployment: Deployment;
}

/** The server itself where the config says so, and what must be on it before a container starts: images, volumes that outlive a destroy, secrets. */
export class HostStack extends TerraformStack {
  constructor(scope: Construct, id: string, { deployment }: HostStackProps) {
    super(scope, id);
    configureStack(this, deployment);
    const { images, environment, operator, plan } = deployment;
    if (!operator) return;
    const bundle = hostBundle(environment, plan);
    const server =
      bundle &&
      new HostLayer(this, "server", { operator, environment: environment.name, hash: bundle.hash });
    new OperatorStep(this, "prepare", {
      operator,
      verb: "prepare",
      environment: environment.name,
      triggers: [
        images.guard,
        images.nginx,
        images.postgres,
        images.redis,
        // Another repository has other secrets.
        ...(images.restic ? [images.restic, offsiteOf(environment)?.repository ?? ""] : []),
        ...Object.values(images.apps),
      ],
      after: server ? [server.resource] : [],
    });
  }
}
