import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { OperatorStep } from "./constructs/operator-step.ts";
import type { Deployment } from "./deployment.ts";
import { configureStack } from "./settings.ts";

export interface HostStackProps {
  readonly deployment: Deployment;
}

/** What must be on the server before a container starts: images, volumes that outlive a destroy, secrets. */
export class HostStack extends TerraformStack {
  constructor(scope: Construct, id: string, { deployment }: HostStackProps) {
    super(scope, id);
    configureStack(this, deployment);
    const { images, environment, operator } = deployment;
    if (!operator) return;
    new OperatorStep(this, "prepare", {
      operator,
      verb: "prepare",
      environment: environment.name,
      triggers: [
        images.guard,
        images.nginx,
        images.postgres,
        images.redis,
        ...Object.values(images.apps),
      ],
    });
  }
}
