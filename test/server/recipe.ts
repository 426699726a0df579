import type { Distribution, DistributionName } from "./distribution.ts";

/** What the virtual server's disk holds: a distribution as a provider delivers it, with its Docker or without. */

/** `bare`: no Docker, nothing of the host stack's, and a repository on the disk with what that installs. */
export type DiskKind = "docker" | "bare";

export interface DiskContent {
  readonly kind: DiskKind;
  readonly distribution: DistributionName;
}

/** 20 GB plan; sparse, so that only what is written takes room. */
export const DISK_BYTES = 20 * 1024 ** 3;
export const SWAP_BYTES = 1024 ** 3;
const SWAP_LABEL = "swap";

/** QEMU's user network hands out these; fixed, so that nothing waits for DHCP. Source: QEMU, network emulation. */
const ADDRESS = "10.0.2.15/24";
const GATEWAY = "10.0.2.2";
const NAME_SERVER = "10.0.2.3";
const HOSTNAME = "virtual-server";

const BASE_PACKAGES = [
  ...["systemd-sysv", "dbus", "udev", "kmod", "openssh-server"],
  // Of Ubuntu not in the smallest variant.
  "apt",
  ...["iproute2", "procps", "ca-certificates"],
  // Where the kernel has AppArmor on, no container starts without its parser.
  "apparmor",
  // The initial RAM disk loads two modules and mounts the disk: 5 s less under emulation than with initramfs-tools.
  "tiny-initramfs",
] as const;
/** Images for clouds have it. */
const BARE_PACKAGES = ["unattended-upgrades"] as const;

/** What is installed. */
export function packagesOf({ kernel, docker }: Distribution, kind: DiskKind): readonly string[] {
  return [...BASE_PACKAGES, kernel, ...(kind === "docker" ? docker : BARE_PACKAGES)];
}

/** Of the bare disk; beside this file. */
export const BARE_HOOK = "bare-packages.sh";
/** What the repository on it holds, with what that needs. */
export function storedPackagesOf({ docker }: Distribution): readonly string[] {
  return [...docker, "nftables", "systemd-timesyncd"];
}

/** Nobody reads documentation there. */
export const DPKG_OPTIONS = [
  "path-exclude=/usr/share/doc/*",
  "path-exclude=/usr/share/man/*",
  "path-exclude=/usr/share/locale/*",
] as const;

/** In place before the first package, because packages act on them. */
export function earlyFilesOf({ preferences = [] }: Distribution): Readonly<Record<string, string>> {
  return {
    "etc/apt/preferences.d/kernel": lines(...preferences),
    "etc/tiny-initramfs/tiny-initramfs.conf": lines(
      "AUTO_MODULES=no",
      "MICROCODE=no",
      "INCLUDE_MODULES=virtio_pci,virtio_blk",
    ),
  };
}

const COMMON_FILES = {
  "etc/hostname": lines(HOSTNAME),
  "etc/hosts": lines(`127.0.0.1 localhost ${HOSTNAME}`, "::1 localhost"),
  "etc/resolv.conf": lines(`nameserver ${NAME_SERVER}`),
  "etc/fstab": lines(
    "/dev/vda / ext4 noatime 0 0",
    // A machine that is busy with other machines has been seen to take longer than systemd's 90 s.
    `LABEL=${SWAP_LABEL} none swap sw,x-systemd.device-timeout=600 0 0`,
  ),
  "etc/systemd/network/server.network": lines(
    ...["[Match]", "Name=en* eth*", "[Network]", `Address=${ADDRESS}`, `Gateway=${GATEWAY}`],
  ),
  // Newer than /usr, they tell systemd that the first boot's rebuilds (ldconfig, catalog, users) are done.
  "etc/.updated": "",
  "var/.updated": "",
} as const;
export const FILES: Readonly<Record<DiskKind, Readonly<Record<string, string>>>> = {
  docker: COMMON_FILES,
  bare: {
    ...COMMON_FILES,
    "etc/apt/sources.list": lines("deb [trusted=yes] file:/srv/packages ./"),
  },
};

const UNITS = "etc/systemd/system";
const GENERATORS = "etc/systemd/system-generators";

/** They cost seconds each under emulation and do nothing for a server without a screen, TPM, EFI or vsock. */
const MASKED_UNITS = [
  ...["modprobe@drm.service", "modprobe@efi_pstore.service", "systemd-pstore.service"],
  ...["modprobe@fuse.service", "sys-fs-fuse-connections.mount"],
  ...["getty@tty1.service", "serial-getty@ttyS0.service"],
  ...["systemd-network-generator.service", "systemd-udev-load-credentials.service"],
  // They would start in the middle of a test.
  ...["apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "fstrim.timer"],
] as const;
const MASKED_GENERATORS = [
  ...[
    "systemd-getty-generator",
    "systemd-gpt-auto-generator",
    "systemd-hibernate-resume-generator",
  ],
  ...["systemd-ssh-generator", "systemd-tpm2-generator"],
] as const;

/** Symbolic links by path. */
export const LINKS: Readonly<Record<string, string>> = {
  [`${UNITS}/multi-user.target.wants/systemd-networkd.service`]:
    "/usr/lib/systemd/system/systemd-networkd.service",
  ...masked(UNITS, MASKED_UNITS),
  ...masked(GENERATORS, MASKED_GENERATORS),
};

export const SWAP_ARGUMENTS = ["--quiet", "--label", SWAP_LABEL] as const;

function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

function masked(folder: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${folder}/${name}`, "/dev/null"]));
}
