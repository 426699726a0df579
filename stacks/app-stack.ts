import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { SlotPlan } from "../core/slot.ts";
import { AppSlot } from "./constructs/app-slot.ts";
import type { Deployment } from "./deployment.ts";
import { configureStack } from "./settings.ts";

export interface AppStackProps {
  readonly deployment: Deployment;
  readonly slot: SlotPlan;
}

/** One slot: a stack of its own, so that a deploy replaces one slot at a time. */
export class AppStack extends TerraformStack {
  constructor(scope: Construct, id: string, { deployment, slot }: AppStackProps) {
    super(scope, id);
    configureStack(this, deployment);
    new AppSlot(this, slot.name, { deployment, slot });
  }
}
