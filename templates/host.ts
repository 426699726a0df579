import type { KernelFile, NamedSetting } from "./host-setting.ts";
import type { HostSlice } from "./host-slices.ts";

/** The key of the config that a file is made from. */
interface Keyed {
  readonly key: string;
}

/** A file of the bundle as it stands on the server. */
export interface HostFile {
  readonly path: string;
  /** As chmod takes it. */
  readonly mode: string;
  /** Ends with a new line. */
  readonly content: string;
}

/** Something that must be in force on the server. */
export interface HostFact {
  /** How it is read there: see apply/read.sh. */
  readonly kind: string;
  readonly place: string;
  readonly declared: string;
}

/** A container that goes to the repository elsewhere, as above. */
interface OffsiteStep {
  readonly options: string;
  /** Ends with a new line. */
  readonly program: string;
  readonly args: string;
  /** A filter for images, as docker takes it. */
  readonly image: string;
}

export interface HostViews {
  readonly "host/sysctl.conf": Keyed & { readonly settings: readonly NamedSetting[] };
  readonly "host/memory.conf": Keyed & { readonly settings: readonly KernelFile[] };
  readonly "host/tier.slice": Keyed & Pick<HostSlice, "what" | "settings">;
  readonly "host/service.conf": Keyed & {
    readonly what: string;
    readonly section: string;
    readonly unit: readonly NamedSetting[];
    readonly settings: readonly NamedSetting[];
  };
  readonly "host/daemon.json": { readonly cgroupParent: string; readonly addressPool: string };
  readonly "host/journald.conf": Keyed & {
    readonly systemMib: number;
    readonly runtimeMib: number;
  };
  readonly "host/sshd.conf": Keyed & { readonly settings: readonly NamedSetting[] };
  readonly "host/upgrades.conf": Keyed & { readonly upgrades: 0 | 1 };
  readonly "host/firewall.nft": Keyed & { readonly ports: string };
  readonly "host/firewall.service": Keyed;
  readonly "host/swapfile.swap": Keyed;
  readonly "host/backup-job.sh": Keyed & {
    readonly what: string;
    /** Of the CLI, that does the same by hand. */
    readonly verb: string;
    /** The container whose image it runs. */
    readonly postgres: string;
    /** Of the container that it runs in. */
    readonly name: string;
    readonly volume: string;
    /** Words of a shell: what makes the volume, and what gives it to Postgres' user. */
    readonly create: string;
    readonly own: string;
    readonly ownProgram: string;
    /** Words of a shell in front of the image. */
    readonly options: string;
    /** Ends with a new line. */
    readonly program: string;
    readonly args: string;
    /** What it does elsewhere afterwards: one, or none. */
    readonly offsite: readonly OffsiteStep[];
  };
  readonly "host/job-frame.sh": Keyed & {
    readonly what: string;
    readonly job: string;
    /** The container whose image it runs. */
    readonly nginx: string;
    /** That it notes in how it went, and the words of docker's that make it. */
    readonly volume: string;
    readonly create: string;
    /** Words of a shell in front of the image. */
    readonly noteOptions: string;
    /** Ends with a new line. */
    readonly noteProgram: string;
    /** The job's own lines. */
    readonly body: string;
  };
  readonly "host/prune-job.sh": {
    /** Images of each repository that stay. */
    readonly keep: number;
    /** First part of the names of our own images, their label, and that of a build's leftovers. */
    readonly namespace: string;
    readonly label: string;
    readonly stageLabel: string;
    /** Of images that others make and the config names. */
    readonly repositories: readonly string[];
  };
  readonly "host/certificate-job.sh": {
    readonly nginx: string;
    /** Path of nginx's config in its container. */
    readonly config: string;
    /** Words of a shell in front of the image: with nginx's volume to write to, and with its network. */
    readonly volumeOptions: string;
    readonly networkOptions: string;
    /** Ends with a new line. */
    readonly program: string;
    /** Where the program sees nginx's volume. */
    readonly folder: string;
    readonly uid: number;
    /** Words of a shell: where the program sees the server's own files. */
    readonly certificate: string;
    readonly certificateKey: string;
    readonly port: number;
    readonly reloadSeconds: number;
    /** That a certificate must still be good for. */
    readonly days: number;
  };
  readonly "host/job.service": Keyed & {
    readonly what: string;
    /** Unit that it runs in. */
    readonly slice: string;
    /** Path of what it runs. */
    readonly script: string;
  };
  readonly "host/job.timer": Keyed & { readonly what: string; readonly schedule: string };
  readonly "host/head.sh": {
    readonly environment: string;
    readonly memoryKib: number;
    readonly swapMib: number;
    readonly sshPort: number;
    /** Empty: none. */
    readonly user: string;
    readonly upgrades: 0 | 1;
    /** Names of units, with blanks between them. */
    readonly slices: string;
    readonly timers: string;
    /** Key of the config, and when its job runs. */
    readonly schedules: readonly { readonly key: string; readonly schedule: string }[];
    readonly files: readonly HostFile[];
    readonly facts: readonly HostFact[];
  };
}
