import type { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AppStack } from "./app-stack.ts";
import { DataStack } from "./data-stack.ts";
import type { Deployment } from "./deployment.ts";
import { EdgeStack } from "./edge-stack.ts";
import { HostStack } from "./host-stack.ts";

/** Adds all stacks of one environment to a cdktf App, each depending on the one before: slots roll one at a time. */
export function addEnvironment(scope: Construct, deployment: Deployment): TerraformStack[] {
  const { name } = deployment.environment;
  const stacks = [
    new HostStack(scope, `${name}-host`, { deployment }),
    new DataStack(scope, `${name}-data`, { deployment }),
    ...deployment.plan.slots.map(
      (slot) => new AppStack(scope, `${name}-app-${slot.name}`, { deployment, slot }),
    ),
    new EdgeStack(scope, `${name}-edge`, { deployment }),
  ];
  stacks.forEach((stack, at) => {
    const before = stacks[at - 1];
    if (before) stack.addDependency(before);
  });
  return stacks;
}
