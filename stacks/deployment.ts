import { type Environment, planOf } from "../config/environment.ts";
import { type CgroupDriver, cgroupParent } from "../core/cgroup.ts";
import { type NetworkKind, networkName, ownerLabels } from "../core/names.ts";
import { memoryOf, type Plan } from "../core/plan.ts";
import { type EnvironmentImages, environmentImages } from "../images/environment.ts";
import { stateFolder, targetRecord } from "./target-record.ts";

/** Image references on the target. */
export interface ImageReferences {
  readonly guard: string;
  /** nginx, with the static site where there is one. */
  readonly nginx: string;
  readonly postgres: string;
  readonly redis: string;
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
  /** Absolute path of the folder with the Terraform state of this environment and target. */
  readonly stateFolder: string;
  /**
   * Prepares images, volumes and secrets on the target, and database roles.
   * @default the caller does it before it deploys
   */
  readonly operator?: OperatorCommand | undefined;
}

/** What the container of a service has in common with all others. */
export function commonProps(deployment: Deployment, container: string, tier: readonly string[]) {
  const { environment, plan, cgroupDriver } = deployment;
  return {
    name: container,
    memory: memoryOf(plan, container),
    cgroupParent: cgroupParent(cgroupDriver, environment, tier),
    labels: ownerLabels(environment),
  };
}

export function network({ environment }: Deployment, kind: NetworkKind): string {
  return networkName(environment, kind);
}

function referencesOf({ apps, ...images }: EnvironmentImages): ImageReferences {
  return {
    guard: images.guard.reference,
    nginx: images.nginx.reference,
    postgres: images.postgres.reference,
    redis: images.redis.reference,
    apps: Object.fromEntries(Object.entries(apps).map(([name, image]) => [name, image.reference])),
  };
}

/** The deployment that the config and the target's record give, with this project's own CLI for its steps. */
export function deploymentOf(environment: Environment): Deployment {
  const { cgroupDriver, images } = targetRecord(environment);
  return {
    environment,
    plan: planOf(environment),
    images: referencesOf(environmentImages(environment, images)),
    cgroupDriver,
    stateFolder: stateFolder(environment),
    operator: { command: ["node", "--import", "tsx", "cli/main.ts"], folder: environment.root },
  };
}
