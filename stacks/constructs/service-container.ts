import { Container } from "@cdktf/provider-docker/lib/container/index.js";
import { Image } from "@cdktf/provider-docker/lib/image/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ContainerPlan } from "../../core/container.ts";
import type { MemoryLine } from "../../core/memory-map.ts";
import { SERVICE_LABEL } from "../../core/names.ts";
import { MINUTE_MS, SECOND_MS, toMib } from "../../core/units.ts";
import { type ConfigFile, configFileProps } from "./config-file.ts";

/** A named volume in a container. */
export interface VolumeMount {
  readonly volume: string;
  readonly path: string;
  readonly readOnly: boolean;
}

/** A folder of the server, seen but not changed. */
export interface HostFolder {
  readonly hostPath: string;
  readonly path: string;
}

export interface PublishedPort {
  readonly internal: number;
  readonly external: number;
  /** Address on the server. */
  readonly address: string;
}

export interface ServiceContainerProps {
  /** Name on the server, and DNS name on its networks. */
  readonly name: string;
  readonly service: string;
  /** Image reference on the target. */
  readonly image: string;
  /** Limit, reservation and swap. */
  readonly memory: MemoryLine;
  /** Numbers that every container has. */
  readonly numbers: ContainerPlan;
  /** `uid:gid`. */
  readonly user: string;
  readonly networks: readonly string[];
  readonly cgroupParent: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly health: readonly string[];
  /** SIGKILL comes after it, ms. */
  readonly stopGraceMs: number;
  /** How long the first healthy answer may take, ms. @default that of every container */
  readonly startTimeoutMs?: number;
  /** @default the image's */
  readonly entrypoint?: readonly string[];
  /** @default the image's */
  readonly command?: readonly string[];
  /** @default SIGTERM */
  readonly stopSignal?: string;
  /** Never secrets: they would be in the state. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Written before the program starts; needs `entrypoint`. @default none */
  readonly configFile?: ConfigFile;
  /** Resources that must be there first. @default none */
  readonly after?: readonly ITerraformDependable[];
  /** @default none */
  readonly volumes?: readonly VolumeMount[];
  /** @default none */
  readonly hostFolders?: readonly HostFolder[];
  /** Writable paths in memory, with mount options; they count in the limit. @default /tmp */
  readonly tmpfs?: Readonly<Record<string, string>>;
  /** @default none */
  readonly ports?: readonly PublishedPort[];
}

/**
 * One container as every service runs: unprivileged, read-only root, no capabilities, bounded memory,
 * swap and logs, health checked before the next one is touched.
 */
export class ServiceContainer extends Construct {
  readonly resource: Container;

  constructor(scope: Construct, id: string, props: ServiceContainerProps) {
    super(scope, id);
    // Finds the image on the target, or pulls it. Kept when the container goes: a rollback needs it, and others may.
    const image = new Image(this, "image", { name: props.image, keepLocally: true });
    this.resource = new Container(this, "container", {
      name: props.name,
      // By id: a name reads back as an id and would be a standing diff.
      image: image.imageId,
      ...processOf(props),
      ...memoryOf(props.memory),
      ...lifecycleOf(props),
      ...networkOf(props),
      volumes: mountsOf(props),
      dependsOn: [...(props.after ?? [])],
      tmpfs: { ...tmp(props.numbers), ...props.tmpfs },
      cgroupParent: props.cgroupParent,
      labels: Object.entries({ ...props.labels, [SERVICE_LABEL]: props.service }).map(
        ([label, value]) => ({
          label,
          value,
        }),
      ),
    });
    // Younger than the binding; without it nothing protects a container under pressure.
    this.resource.addOverride("memory_reservation", toMib(props.memory.reservationBytes));
  }
}

function mountsOf({ volumes = [], hostFolders = [] }: ServiceContainerProps) {
  return [
    ...volumes.map((mount) => ({
      volumeName: mount.volume,
      containerPath: mount.path,
      readOnly: mount.readOnly,
    })),
    ...hostFolders.map(({ hostPath, path }) => ({ hostPath, containerPath: path, readOnly: true })),
  ];
}

function processOf(props: ServiceContainerProps) {
  const { user, entrypoint, command, env } = { ...props, ...configFileProps(props) };
  return {
    user,
    ...(entrypoint && { entrypoint: [...entrypoint] }),
    ...(command && { command: [...command] }),
    env: Object.entries(env ?? {}).map(([key, value]) => `${key}=${value}`),
    init: true,
    readOnly: true,
    capabilities: { drop: ["ALL"] },
    securityOpts: ["no-new-privileges:true"],
  };
}

function memoryOf(line: MemoryLine) {
  return {
    memory: toMib(line.limitBytes),
    // Limit and swap together; unset it reads back as twice the limit.
    memorySwap: toMib(line.limitBytes + line.swapBytes),
  };
}

function tmp({ tmpBytes }: ContainerPlan): Record<string, string> {
  return { "/tmp": `rw,noexec,nosuid,nodev,mode=1777,size=${toMib(tmpBytes)}m` };
}

/** As Go prints them: any other form is a standing diff. */
function goDuration(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  const seconds = (ms % MINUTE_MS) / SECOND_MS;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

function lifecycleOf({ numbers, ...props }: ServiceContainerProps) {
  const graceSeconds = props.stopGraceMs / SECOND_MS;
  return {
    restart: "unless-stopped",
    healthcheck: {
      test: [...props.health],
      interval: goDuration(numbers.healthIntervalMs),
      timeout: goDuration(numbers.healthTimeoutMs),
      startPeriod: goDuration(numbers.healthStartMs),
      retries: numbers.healthRetries,
    },
    wait: true,
    waitTimeout: (props.startTimeoutMs ?? numbers.startTimeoutMs) / SECOND_MS,
    stopSignal: props.stopSignal ?? "SIGTERM",
    stopTimeout: graceSeconds,
    // Without it, destroy and replace kill at once.
    destroyGraceSeconds: graceSeconds,
    logDriver: "local",
    logOpts: {
      "max-size": `${toMib(numbers.logFileBytes)}m`,
      "max-file": String(numbers.logFiles),
    },
  };
}

function networkOf({ networks, ports }: ServiceContainerProps) {
  return {
    networksAdvanced: networks.map((name) => ({ name })),
    ports: (ports ?? []).map(({ internal, external, address }) => ({
      internal,
      external,
      ip: address,
    })),
  };
}
