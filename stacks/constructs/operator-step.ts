import { DataResource, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { OperatorCommand } from "../deployment.ts";

export interface OperatorStepProps {
  readonly operator: OperatorCommand;
  /** Plimsoll's verb. */
  readonly verb: string;
  readonly environment: string;
  /** The step runs again when one of them changes. */
  readonly triggers: readonly string[];
  /** Resources that must be there first. @default none */
  readonly after?: readonly ITerraformDependable[];
}

/** An idempotent step of Plimsoll's own inside an apply, so that a plain `cdktf deploy` needs no wrapper. */
export class OperatorStep extends Construct {
  readonly resource: DataResource;

  constructor(scope: Construct, id: string, props: OperatorStepProps) {
    super(scope, id);
    const { operator, verb, environment, triggers, after = [] } = props;
    this.resource = new DataResource(this, "step", {
      triggersReplace: [...triggers],
      dependsOn: [...after],
      provisioners: [
        {
          type: "local-exec",
          // An interpreter with arguments, not a shell: the words arrive as they are.
          interpreter: [...operator.command, verb],
          command: environment,
          workingDir: operator.folder,
        },
      ],
    });
  }
}
