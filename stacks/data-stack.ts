import { Network } from "@cdktf/provider-docker/lib/network/index.js";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type NetworkKind, networkName } from "../core/names.ts";
import { servicesOf } from "../core/spec.ts";
import { OperatorStep } from "./constructs/operator-step.ts";
import { Postgres } from "./constructs/postgres.ts";
import { Redis } from "./constructs/redis.ts";
import { type Deployment, labelsOf } from "./deployment.ts";
import { configureStack } from "./settings.ts";

export interface DataStackProps {
  readonly deployment: Deployment;
}

/** Networks and the stores: what changes least and must not be touched by an app's deploy. */
export class DataStack extends TerraformStack {
  constructor(scope: Construct, id: string, { deployment }: DataStackProps) {
    super(scope, id);
    configureStack(this, deployment);
    const network = this.network(deployment, "data");
    this.network(deployment, "app");
    this.network(deployment, "edge");
    const { services } = deployment.environment;
    for (const [service] of servicesOf(services, "redis")) {
      new Redis(this, service, { deployment, service, network });
    }
    for (const [service] of servicesOf(services, "postgres")) {
      this.roles(deployment, new Postgres(this, service, { deployment, service, network }));
    }
  }

  private network(deployment: Deployment, kind: NetworkKind): Network {
    return new Network(this, kind, {
      name: networkName(deployment.environment, kind),
      driver: "bridge",
      // The stores have no way out; nginx needs one to publish, the apps to call others.
      internal: kind === "data",
      labels: Object.entries(labelsOf(deployment)).map(([label, value]) => ({ label, value })),
    });
  }

  private roles({ operator, environment }: Deployment, postgres: Postgres): void {
    if (!operator) return;
    const apps = servicesOf(environment.services, "app").map(([name]) => name);
    new OperatorStep(this, "databases", {
      operator,
      verb: "databases",
      environment: environment.name,
      triggers: [postgres.containerId, ...apps],
    });
  }
}
