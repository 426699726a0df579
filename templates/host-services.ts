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
/** Room for an image that is loaded and for apt; what runs away there ends before everybody has to wait for memory. */
const SYSTEM_SHARE = 0.5;
/** Cold pages of Docker and cron; every further MiB is time that a runaway spends swapping while logins wait. */
const SYSTEM_SWAP_SHARE = 1 / 16;
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

function systemSlice({ spec }: Plan): HostService {
  const { memoryBytes, swapBytes } = spec.server;
  const share = (part: number, bytes: number) => Math.floor((part * bytes) / MIB) * MIB;
  return {
    unit: "system.slice",
    what: "What the services inside keep, each level above them has to keep; and all that they may take",
    section: "Slice",
    unitSettings: [],
    settings: named({
      MemoryMin: SSH_BYTES + DOCKER_BYTES + CONTAINERD_BYTES + OTHERS_BYTES,
      MemoryMax: share(SYSTEM_SHARE, memoryBytes),
      MemorySwapMax: share(SYSTEM_SWAP_SHARE, swapBytes),
    }),
  };
}

export function hostServices(plan: Plan): HostService[] {
  return [systemSlice(plan), ...SERVICES];
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
