import type { Plan } from "../core/plan.ts";
import { MIB } from "../core/units.ts";
import { type NamedSetting, named } from "./host-setting.ts";

/** What is said about a unit of the system's own, in a file beside it. */
export interface HostService {
  readonly unit: string;
  readonly what: string;
  readonly section: "Service" | "Slice";
  readonly unitSettings: readonly NamedSetting[];
  readonly settings: readonly NamedSetting[];
}

/** Resident after a day of use, measured: never reclaimed. */
const SSH_BYTES = 16 * MIB;
const DOCKER_BYTES = 64 * MIB;
const CONTAINERD_BYTES = 48 * MIB;
/** journald, logind, udev, networkd and D-Bus, without which nobody logs in. */
const OTHERS_BYTES = 32 * MIB;
/** Room for an image that is loaded and for apt. */
const SYSTEM_SHARE = 1 / 2;
/** Cold pages of Docker and cron; every further MiB is time that a runaway spends swapping while logins wait. */
const SYSTEM_SWAP_SHARE = 1 / 16;
/** Docker and apt take 150 MiB each. */
const SERVICE_SHARE = 1 / 4;
const SERVICE_MIN_BYTES = 448 * MIB;
const SERVICE_SWAP_SHARE = 1 / 32;
/** Without it, a service that cannot start is tried for ever. */
const LIMITED = named({ StartLimitIntervalSec: 300, StartLimitBurst: 5 });
/** Nobody can come in and look after the last try. */
const UNLIMITED = named({ StartLimitIntervalSec: 0 });
/** Half of memory and swap: after everything that a container runs. */
const OOM_SCORE = -500;
/** apt takes 150 MiB that no plan has. */
const UPGRADE_HIGH_BYTES = 160 * MIB;

/**
 * sshd gets no OOM score: its listener sets -1000 itself, and what its unit says would be inherited by everything
 * that an operator starts in a session.
 */
const SERVICES: readonly HostService[] = [
  {
    unit: "ssh.service",
    what: "The way in",
    section: "Service",
    unitSettings: UNLIMITED,
    settings: named({ Restart: "always", RestartSec: 3, MemoryMin: SSH_BYTES }),
  },
  {
    unit: "docker.service",
    what: "Docker, which dies after all containers",
    section: "Service",
    unitSettings: LIMITED,
    settings: named({
      ...{ Restart: "always", RestartSec: 3 },
      ...{ MemoryMin: DOCKER_BYTES, OOMScoreAdjust: OOM_SCORE },
    }),
  },
  {
    unit: "containerd.service",
    what: "containerd, which dies after all containers",
    section: "Service",
    unitSettings: LIMITED,
    settings: named({
      ...{ Restart: "always", RestartSec: 3 },
      ...{ MemoryMin: CONTAINERD_BYTES, OOMScoreAdjust: OOM_SCORE },
    }),
  },
  {
    unit: "apt-daily-upgrade.service",
    what: "Security updates wait for those who serve",
    section: "Service",
    unitSettings: [],
    settings: named({ CPUWeight: 20, IOWeight: 20, MemoryHigh: UPGRADE_HIGH_BYTES }),
  },
];

const wholeMib = (bytes: number) => Math.floor(bytes / MIB) * MIB;

function systemSlice({ spec }: Plan): HostService {
  const { memoryBytes, swapBytes } = spec.server;
  return {
    unit: "system.slice",
    what: "What the services inside keep, each level above them has to keep; and all that they may take",
    section: "Slice",
    unitSettings: [],
    settings: named({
      MemoryMin: SSH_BYTES + DOCKER_BYTES + CONTAINERD_BYTES + OTHERS_BYTES,
      MemoryMax: wholeMib(SYSTEM_SHARE * memoryBytes),
      MemorySwapMax: wholeMib(SYSTEM_SWAP_SHARE * swapBytes),
    }),
  };
}

/** A drop-in for every service, those of others too: where only the slice had a limit, all in it gave up their pages. */
const EVERY_SERVICE = "service";

function everyService({ spec }: Plan): HostService {
  const { memoryBytes, swapBytes } = spec.server;
  const roomBytes = Math.max(SERVICE_MIN_BYTES, wholeMib(SERVICE_SHARE * memoryBytes));
  return {
    unit: EVERY_SERVICE,
    what: "What runs away takes memory from itself, and ends by itself",
    section: "Service",
    unitSettings: [],
    settings: named({
      MemoryMax: Math.min(roomBytes, wholeMib(SYSTEM_SHARE * memoryBytes)),
      MemorySwapMax: wholeMib(SERVICE_SWAP_SHARE * swapBytes),
    }),
  };
}

export function hostServices(plan: Plan): HostService[] {
  return [systemSlice(plan), everyService(plan), ...SERVICES];
}

/** Below /etc/systemd/system. A file of the same name beside a unit would take the place of the one for all. */
export function dropInOf({ unit }: HostService): string {
  return `${unit}.d/${unit === EVERY_SERVICE ? 40 : 50}-plimsoll.conf`;
}

/** Where systemd is asked for what is in force: a drop-in for every service is no unit. */
export function unitsOf({ unit }: HostService): readonly string[] {
  return unit === EVERY_SERVICE ? SERVICES.map((service) => service.unit) : [unit];
}

/** Property by which systemd tells a setting, where it is not the setting's own name. */
const PROPERTIES: Readonly<Record<string, string>> = {
  RestartSec: "RestartUSec",
  StartLimitIntervalSec: "StartLimitIntervalUSec",
};
const SPANS: Readonly<Record<string, string>> = { "0": "0", "3": "3s", "300": "5min" };

/** As `systemctl show` tells it. */
export function shown({ name, value }: NamedSetting): NamedSetting {
  const property = PROPERTIES[name];
  if (!property) return { name, value };
  const span = SPANS[value];
  if (!span) throw new Error(`${name}: no span is known for ${value}`);
  return { name: property, value: span };
}
