import type { Environment } from "../config/environment.ts";
import { cgroupParent } from "../core/cgroup.ts";
import type { Plan } from "../core/plan.ts";
import type { HostFile } from "../templates/host.ts";
import { KERNEL_FILES, sysctls } from "../templates/host-kernel.ts";
import { dropInOf, hostServices } from "../templates/host-services.ts";
import { named } from "../templates/host-setting.ts";
import { hostSlices } from "../templates/host-slices.ts";
import { render } from "../templates/render.ts";
import { hostJobs, jobFiles } from "./host-jobs.ts";

/** What an environment says about its server. */
export type HostSettings = NonNullable<Environment["host"]>;

const UNITS = "/etc/systemd/system";
/** 200 MiB of disk for the journal; /run is memory. */
const JOURNAL = { systemMib: 200, runtimeMib: 32 };

/** sshd tells them in lower case; the Docker provider opens a connection for each of its calls. */
export const SSHD = named({
  PasswordAuthentication: "no",
  KbdInteractiveAuthentication: "no",
  PermitRootLogin: "prohibit-password",
  MaxAuthTries: 4,
  LoginGraceTime: 30,
  MaxStartups: "50:30:100",
  X11Forwarding: "no",
});

const LOOPBACK = /^(?:127\.|::1$)/;

/** Those that something outside may connect to, ascending. */
export function openPorts({ host, address, port, tls }: Environment): number[] {
  if (!host) return [];
  const published = LOOPBACK.test(address) ? [] : [port, ...(tls ? [tls.port] : [])];
  const all = [host.sshPort, ...published, ...host.openPorts];
  return [...new Set(all)].sort((a, b) => a - b);
}

function file(path: string, content: string, mode = "644"): HostFile {
  return { path, mode, content };
}

function unitFiles(plan: Plan): HostFile[] {
  const slices = hostSlices(plan).map(({ name, what, settings }) =>
    file(`${UNITS}/${name}`, render("host/tier.slice", { key: "services", what, settings })),
  );
  const services = hostServices(plan).map((service) => {
    const { unit: _, unitSettings, ...view } = service;
    const text = render("host/service.conf", { key: "host", unit: unitSettings, ...view });
    return file(`${UNITS}/${dropInOf(service)}`, text);
  });
  return [...slices, ...services];
}

function keyFiles({ deployUser }: HostSettings): HostFile[] {
  if (!deployUser) return [];
  const lines = deployUser.keys.map((key) => `${key}\n`).join("");
  return [file(`/home/${deployUser.name}/.ssh/authorized_keys`, lines)];
}

/** Every file that Plimsoll puts on the server, by path. */
export function hostFiles(environment: Environment, plan: Plan, host: HostSettings): HostFile[] {
  const upgrades = host.securityUpdates ? 1 : 0;
  const ports = openPorts(environment).join(", ");
  const cgroup = cgroupParent("systemd", environment, []);
  const journal = render("host/journald.conf", { key: "host", ...JOURNAL });
  const files = [
    file(
      "/etc/sysctl.d/90-plimsoll.conf",
      render("host/sysctl.conf", { key: "host", settings: sysctls(host.swappiness) }),
    ),
    file(
      "/etc/tmpfiles.d/plimsoll-memory.conf",
      render("host/memory.conf", { key: "host", settings: KERNEL_FILES }),
    ),
    file("/etc/systemd/journald.conf.d/plimsoll.conf", journal),
    file(
      "/etc/docker/daemon.json",
      render("host/daemon.json", { cgroupParent: cgroup, addressPool: host.addressPool }),
    ),
    file(
      "/etc/ssh/sshd_config.d/01-plimsoll.conf",
      render("host/sshd.conf", { key: "host", settings: SSHD }),
    ),
    file(
      "/etc/apt/apt.conf.d/52plimsoll",
      render("host/upgrades.conf", { key: "host.securityUpdates", upgrades }),
    ),
    file(
      "/etc/plimsoll/firewall.nft",
      render("host/firewall.nft", { key: "port, tls.port, host.sshPort, host.openPorts", ports }),
    ),
    file(`${UNITS}/plimsoll-firewall.service`, render("host/firewall.service", { key: "host" })),
    file(
      `${UNITS}/var-lib-plimsoll-swapfile.swap`,
      render("host/swapfile.swap", { key: "server.swap" }),
    ),
    ...unitFiles(plan),
    ...jobFiles(environment, hostJobs(environment, plan)),
    ...keyFiles(host),
  ];
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
