import type { Environment } from "../config/environment.ts";
import { type CgroupDriver, cgroupParent } from "../core/cgroup.ts";
import { type NetworkKind, networkName, ownerLabels, STATE_LABEL } from "../core/names.ts";
import { memoryOf, type Plan } from "../core/plan.ts";
import type { SlotPlan } from "../core/slot.ts";

/** Image references on the target. */
export interface ImageReferences {
  readonly guard: string;
  /** nginx, with the static site where there is one. */
  readonly nginx: string;
  readonly postgres: string;
  readonly redis: string;
  /** Where backups are copied elsewhere. */
  readonly restic?: string;
  /** By app service. */
  readonly apps: Readonly<Record<string, string>>;
}

/** A command on the operator's machine, word for word; the environment's name follows it. */
export interface OperatorCommand {
  readonly command: readonly [string, ...string[]];
  /** Absolute path of the project. */
  readonly folder: string;
}

/** Everything the stacks of one environment are made from. */
export interface Deployment {
  readonly environment: Environment;
  readonly plan: Plan;
  readonly images: ImageReferences;
  /** Cgroup driver of the target's engine. */
  readonly cgroupDriver: CgroupDriver;
  /** Absolute path of the folder with the Terraform state of this environment and target, where the config keeps it local. */
  readonly stateFolder: string;
  /** Id of the target's Docker engine; only a shared state of the target `local` asks for it. @default not known */
  readonly engine?: string | undefined;
  /** Put on everything that this state knows. @default no mark */
  readonly stateId?: string | undefined;
  /**
   * Prepares images, volumes and secrets on the target, and database roles.
   * @default the caller does it before it deploys
   */
  readonly operator?: OperatorCommand | undefined;
}

/** On every container and network. */
export function labelsOf({ environment, stateId }: Deployment): Record<string, string> {
  return { ...ownerLabels(environment), ...(stateId && { [STATE_LABEL]: stateId }) };
}

/** Where a slot's cgroup is: in the service tier beside the stores, whose slice bounds and protects them together. */
export function slotTier(slot: SlotPlan): string[] {
  return ["service", slot.service, String(slot.index)];
}

/** What the container of a service has in common with all others. */
export function commonProps(deployment: Deployment, container: string, tier: readonly string[]) {
  const { environment, plan, cgroupDriver } = deployment;
  return {
    name: container,
    memory: memoryOf(plan, container),
    numbers: plan.container,
    cgroupParent: cgroupParent(cgroupDriver, environment, tier),
    labels: labelsOf(deployment),
  };
}

export function network({ environment }: Deployment, kind: NetworkKind): string {
  return networkName(environment, kind);
}
