/** Every name on a server is computed from the config, so no stack needs another's state. */
export interface Owner {
  readonly project: string;
  readonly name: string;
}

export type NetworkKind = "edge" | "app" | "data";

/** `plimsoll-local-postgres`, `plimsoll-local-chat-2`: also the DNS name on the shared networks. */
export function containerName(owner: Owner, service: string, slot?: number): string {
  return [owner.project, owner.name, service, slot].filter((part) => part !== undefined).join("-");
}

export function networkName(owner: Owner, kind: NetworkKind): string {
  return `${owner.project}-${owner.name}-${kind}`;
}

/** Volumes that outlive their container: data, its backups, and secrets. */
export function volumeName(
  owner: Owner,
  service: string,
  use: "data" | "secrets" | "backups",
): string {
  return `${owner.project}-${owner.name}-${service}-${use}`;
}

/** On everything that Plimsoll makes on a server: it touches nothing without them. */
export const PROJECT_LABEL = "plimsoll.project";
export const ENVIRONMENT_LABEL = "plimsoll.environment";
export const SERVICE_LABEL = "plimsoll.service";
/** Whose Terraform state knows it: two operators must not work on one environment from two states. */
export const STATE_LABEL = "plimsoll.state";

/** First part of the name of every image that Plimsoll made. */
export const IMAGE_NAMESPACE = "plimsoll";
/** Marks every image that Plimsoll made, and what is built on one; its value is the image's name. */
export const IMAGE_LABEL = "plimsoll.image";
/** Marks a stage of our own Dockerfiles that no finished image uses. */
export const STAGE_LABEL = "plimsoll.stage";

export function ownerLabels(owner: Owner): Record<string, string> {
  return { [PROJECT_LABEL]: owner.project, [ENVIRONMENT_LABEL]: owner.name };
}
