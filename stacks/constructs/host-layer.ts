import { DataResource } from "cdktf";
import { Construct } from "constructs";
import type { OperatorCommand } from "../deployment.ts";
import { OperatorStep } from "./operator-step.ts";

export interface HostLayerProps {
  readonly operator: OperatorCommand;
  readonly environment: string;
  /** Of the bundle: another one is applied. */
  readonly hash: string;
}

const VERB = "host";

/** The server's own settings: applied when they change, taken back by a destroy. */
export class HostLayer extends Construct {
  readonly resource: DataResource;

  constructor(scope: Construct, id: string, { operator, environment, hash }: HostLayerProps) {
    super(scope, id);
    // Apart from the step, since a step that runs again is destroyed first.
    const removal = new DataResource(this, "removal", {
      provisioners: [
        {
          type: "local-exec",
          when: "destroy",
          interpreter: [...operator.command, VERB, "--remove"],
          command: environment,
          workingDir: operator.folder,
        },
      ],
    });
    const step = new OperatorStep(this, "settings", {
      ...{ operator, environment, verb: VERB, triggers: [hash], after: [removal] },
    });
    this.resource = step.resource;
  }
}
