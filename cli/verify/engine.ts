import { MIB, SECOND_MS } from "../../core/units.ts";
import { type Context, declaredVariables, type LiveContainer, type Subject } from "./context.ts";
import type { Reading } from "./reading.ts";

type Value = unknown;
type Read = (live: LiveContainer) => Value;

const NANOSECONDS_PER_SECOND = 1e9;
const SECONDS_PER_MINUTE = 60;

const host =
  (key: string): Read =>
  (live) =>
    live.HostConfig[key];
const config =
  (key: string): Read =>
  (live) =>
    live.Config[key];
const mebibytes =
  (key: string): Read =>
  (live) =>
    Number(live.HostConfig[key]) / MIB;

/** As Go prints it, and Terraform keeps it: `1m0s`. */
function goDuration(nanoseconds: number): string {
  const seconds = nanoseconds / NANOSECONDS_PER_SECOND;
  const minutes = Math.floor(seconds / SECONDS_PER_MINUTE);
  return `${minutes > 0 ? `${minutes}m` : ""}${seconds % SECONDS_PER_MINUTE}s`;
}

function healthCheck(live: LiveContainer): Value {
  const check = live.Config["Healthcheck"] as Record<string, never> | undefined;
  if (!check) return undefined;
  return {
    test: check["Test"],
    interval: goDuration(check["Interval"] ?? 0),
    timeout: goDuration(check["Timeout"] ?? 0),
    start_period: goDuration(check["StartPeriod"] ?? 0),
    retries: check["Retries"],
  };
}

/** Made by Docker where an image asks for a volume that nobody names. */
const ANONYMOUS = /^[0-9a-f]{64}$/;

/** How each attribute of a declared container is read back, in the declared form. */
const READ: Readonly<Record<string, Read>> = {
  memory: mebibytes("Memory"),
  memory_reservation: mebibytes("MemoryReservation"),
  memory_swap: mebibytes("MemorySwap"),
  shm_size: mebibytes("ShmSize"),
  cgroup_parent: host("CgroupParent"),
  init: host("Init"),
  read_only: host("ReadonlyRootfs"),
  security_opts: host("SecurityOpt"),
  capabilities: (live) => ({ drop: live.HostConfig["CapDrop"] }),
  restart: (live) => (live.HostConfig["RestartPolicy"] as { Name: string }).Name,
  log_driver: (live) => (live.HostConfig["LogConfig"] as { Type: string }).Type,
  log_opts: (live) => (live.HostConfig["LogConfig"] as { Config: object }).Config,
  tmpfs: host("Tmpfs"),
  user: config("User"),
  command: config("Cmd"),
  entrypoint: config("Entrypoint"),
  stop_signal: config("StopSignal"),
  stop_timeout: config("StopTimeout"),
  healthcheck: healthCheck,
  networks_advanced: (live) => Object.keys(live.NetworkSettings.Networks).map((name) => ({ name })),
  volumes: (live) =>
    live.Mounts.filter(({ Name = "" }) => !ANONYMOUS.test(Name)).map((mount) => ({
      ...(mount.Name === undefined ? { host_path: mount.Source } : { volume_name: mount.Name }),
      container_path: mount.Destination,
      read_only: !mount.RW,
    })),
  ports: (live) =>
    Object.entries(live.NetworkSettings.Ports ?? {}).flatMap(([internal, bindings]) =>
      (bindings ?? []).map(({ HostIp, HostPort }) => ({
        internal: Number.parseInt(internal, 10),
        external: Number(HostPort),
        ip: HostIp,
      })),
    ),
};

/** Attributes that Terraform itself goes by, and those with readings of their own below. */
const ELSEWHERE = [
  ...["//", "depends_on", "destroy_grace_seconds", "wait", "wait_timeout", "name"],
  ...["env", "image", "labels"],
];

/** The same text for the same content, whatever the order of keys and of members of a set. */
export function canonical(value: Value): string {
  if (Array.isArray(value)) {
    const parts = value.map(canonical);
    return (value.some((each) => typeof each === "object") ? parts.sort() : parts).join(" ");
  }
  if (typeof value !== "object" || value === null) return String(value ?? "");
  const entries = Object.entries(value).sort(([a], [b]) => a.localeCompare(b));
  return entries.map(([key, each]) => `${key}=${canonical(each)}`).join(" ");
}

function settings(subject: Subject): Omit<Reading, "subject" | "where">[] {
  const { live, declared } = subject;
  // Who is to publish no port has no such attribute, and must publish none.
  const all = new Set([...Object.keys(declared.attributes), "ports"]);
  const names = [...all].filter((name) => !ELSEWHERE.includes(name));
  return names.map((setting) => {
    const read = READ[setting];
    if (!read) throw new Error(`no reading for the attribute ${setting} of a container`);
    const wanted = canonical(declared.attributes[setting]);
    return { setting, declared: wanted, live: live && canonical(read(live)) };
  });
}

function variables(subject: Subject): Omit<Reading, "subject" | "where">[] {
  const live = (subject.live?.Config["Env"] ?? []) as readonly string[];
  return [...declaredVariables(subject)].map(([name, value]) => {
    const found = live.find((pair) => pair.startsWith(`${name}=`));
    return { setting: `env ${name}`, declared: value, live: found?.slice(name.length + 1) };
  });
}

function labels({ declared, live }: Subject): Omit<Reading, "subject" | "where">[] {
  const wanted = declared.attributes["labels"] as readonly { label: string; value: string }[];
  const found = (live?.Config["Labels"] ?? {}) as Record<string, string>;
  return wanted.map(({ label, value }) => ({
    setting: `label ${label}`,
    declared: value,
    live: found[label],
  }));
}

/** The id that a reference has on the target now. */
async function imageIds({ target, subjects }: Context): Promise<Map<string, string>> {
  const references = [...new Set(subjects.map(({ declared }) => declared.image))];
  const format = "{{.Id}}";
  const ids = await Promise.all(
    references.map(async (reference) => {
      const { stdout } = await target.docker(["image", "inspect", "--format", format, reference], {
        reject: false,
        timeout: 60 * SECOND_MS,
      });
      return [reference, String(stdout).trim()] as const;
    }),
  );
  return new Map(ids);
}

/** Every attribute of every declared container, as the engine says it is in force. */
export async function engineReadings(context: Context): Promise<Reading[]> {
  const ids = await imageIds(context);
  return context.subjects.flatMap((subject) => {
    const { declared, live } = subject;
    const image = {
      setting: `image ${declared.image}`,
      declared: ids.get(declared.image) || "on the target",
      live: live?.Image,
    };
    return [image, ...settings(subject), ...variables(subject), ...labels(subject)].map(
      (reading) => ({ ...reading, subject: subject.name, where: "docker inspect" }),
    );
  });
}
