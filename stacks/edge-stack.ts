import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Guard } from "./constructs/guard.ts";
import { Nginx } from "./constructs/nginx.ts";
import type { Deployment } from "./deployment.ts";
import { configureStack } from "./settings.ts";

export interface EdgeStackProps {
  readonly deployment: Deployment;
}

/** The door: nginx, the only one that publishes ports, and the guard behind it. */
export class EdgeStack extends TerraformStack {
  constructor(scope: Construct, id: string, { deployment }: EdgeStackProps) {
    super(scope, id);
    configureStack(this, deployment);
    const guard = new Guard(this, "guard", { deployment });
    new Nginx(this, "nginx", { deployment, guard });
  }
}
