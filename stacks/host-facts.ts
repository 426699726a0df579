import { createHash } from "node:crypto";
import type { Environment } from "../config/environment.ts";
import type { Plan } from "../core/plan.ts";
import { toMib } from "../core/units.ts";
import type { HostFact, HostFile } from "../templates/host.ts";
import { KERNEL_FILES, sysctlPath, sysctls } from "../templates/host-kernel.ts";
import { hostServices, shown, unitsOf } from "../templates/host-services.ts";
import type { NamedSetting } from "../templates/host-setting.ts";
import { type HostSlice, hostSlices } from "../templates/host-slices.ts";
import { type HostSettings, openPorts, SSHD } from "./host-files.ts";
import { hostJobs, jobFacts } from "./host-jobs.ts";

const CGROUPS = "/sys/fs/cgroup";
/** File of a cgroup by systemd's word for it. */
const CGROUP_FILES: Readonly<Record<string, string>> = {
  MemoryMin: "memory.min",
  MemoryLow: "memory.low",
  MemoryHigh: "memory.high",
  MemoryMax: "memory.max",
  MemorySwapMax: "memory.swap.max",
  CPUWeight: "cpu.weight",
  TasksMax: "pids.max",
};

/** Rules of firewall.nft that let something in. */
const FIREWALL_ACCEPTS = 8;

const fact = (kind: string, place: string, declared: string | number): HostFact => ({
  ...{ kind, place, declared: String(declared) },
});

function fileFacts(files: readonly HostFile[]): HostFact[] {
  const sum = (text: string) => createHash("sha256").update(text).digest("hex");
  return files.map(({ path, mode, content }) => fact("file", path, `${mode} ${sum(content)}`));
}

function unitFacts(unit: string, settings: readonly NamedSetting[]): HostFact[] {
  return settings.map(shown).map(({ name, value }) => fact("unit", `${unit}:${name}`, value));
}

function sliceFacts({ name, path, settings }: HostSlice): HostFact[] {
  const inKernel = settings.flatMap((setting) => {
    const file = CGROUP_FILES[setting.name];
    return file ? [fact("kernel", `${CGROUPS}/${path}/${file}`, setting.value)] : [];
  });
  return [
    ...unitFacts(name, settings),
    fact("unit", `${name}:ActiveState`, "active"),
    fact("unit", `${name}:UnitFileState`, "enabled"),
    ...inKernel,
  ];
}

function serviceFacts(plan: Plan): HostFact[] {
  return hostServices(plan).flatMap((service) => [
    ...unitsOf(service).flatMap((unit) =>
      unitFacts(unit, [...service.unitSettings, ...service.settings]),
    ),
    ...service.settings
      .filter(({ name }) => name === "OOMScoreAdjust")
      .map(({ value }) => fact("process", service.unit, value)),
  ]);
}

function kernelFacts(swappiness: number): HostFact[] {
  return [
    ...sysctls(swappiness).map(({ name, value }) => fact("kernel", sysctlPath(name), value)),
    ...KERNEL_FILES.map(({ path, value }) => fact("kernel", path, value)),
  ];
}

function dockerFacts({ addressPool }: HostSettings): HostFact[] {
  return [
    fact("docker", "CgroupDriver", "systemd"),
    fact("docker", "CgroupVersion", 2),
    fact("docker", "LiveRestoreEnabled", "true"),
    fact("docker", "LoggingDriver", "local"),
    fact("docker", "DefaultAddressPools", `${addressPool} 24`),
    fact("unit", "docker.service:ActiveState", "active"),
    fact("unit", "docker.service:UnitFileState", "enabled"),
  ];
}

/** sshd tells yes and no, and `without-password` for what it is asked as `prohibit-password`. */
function sshdFacts(): HostFact[] {
  return SSHD.map(({ name, value }) =>
    fact("sshd", name.toLowerCase(), value.replace("prohibit-password", "without-password")),
  );
}

/** Everything that must be in force on the server, in the words of the place where it is read. */
export function hostFacts(
  environment: Environment,
  plan: Plan,
  { files, host }: { readonly files: readonly HostFile[]; readonly host: HostSettings },
): HostFact[] {
  const { deployUser } = host;
  return [
    ...fileFacts(files),
    ...kernelFacts(host.swappiness),
    ...hostSlices(plan).flatMap(sliceFacts),
    ...serviceFacts(plan),
    ...jobFacts(environment, hostJobs(environment, plan)),
    ...dockerFacts(host),
    ...sshdFacts(),
    fact("swap", "total", toMib(environment.server.swap)),
    fact("firewall", "ports", openPorts(environment).join(" ")),
    fact("firewall", "accepts", FIREWALL_ACCEPTS),
    fact("firewall", "rest", "drop"),
    fact("unit", "plimsoll-firewall.service:ActiveState", "active"),
    fact("unit", "plimsoll-firewall.service:UnitFileState", "enabled"),
    fact("time", "service", "active"),
    ...(deployUser ? [fact("user", deployUser.name, "docker")] : []),
  ];
}
