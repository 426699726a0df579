/** What differs between the distributions that the host stack knows, as far as a virtual server of one is concerned. */
export interface Distribution {
  /** As people call it. */
  readonly title: string;
  readonly suite: string;
  /** Lines of apt's sources.list. */
  readonly sources: readonly string[];
  /** The archive's keys, where they are not on every machine that has mmdebstrap. @default Debian's */
  readonly keys?: KeyPackage;
  readonly kernel: string;
  /** Docker with its client and what it needs to come up. */
  readonly docker: readonly string[];
  /** Of apt, in place before the first package. */
  readonly preferences?: readonly string[];
}

/** A package that is checked by its sum, since no key is there yet to check it with. */
export interface KeyPackage {
  readonly url: string;
  readonly sha256: string;
  /** Path in the package of the file with the keys. */
  readonly file: string;
}

const DEBIAN =
  "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org";
/** Debian's archive, its updates and its security updates. */
const debian = (suite: string) => [
  `${DEBIAN}/debian ${suite} main`,
  `${DEBIAN}/debian ${suite}-updates main`,
  `${DEBIAN}/debian-security ${suite}-security main`,
];

const UBUNTU_ARCHIVE = "http://archive.ubuntu.com/ubuntu";
/** Docker is in universe; the archive itself has the security updates too. */
const ubuntu = (suite: string) =>
  [suite, `${suite}-updates`, `${suite}-security`].map(
    (each) => `deb ${UBUNTU_ARCHIVE} ${each} main universe`,
  );

export const DISTRIBUTIONS = {
  debian13: {
    title: "Debian 13",
    suite: "trixie",
    sources: [
      ...debian("trixie"),
      // For the kernel alone.
      `${DEBIAN}/debian bookworm main`,
      `${DEBIAN}/debian-security bookworm-security main`,
    ],
    kernel: "linux-image-cloud-amd64",
    docker: ["docker.io", "docker-cli", "iptables"],
    // Debian 13's own kernel, 6.12, panics under QEMU's emulation.
    preferences: [
      "Package: linux-image-cloud-amd64",
      "Pin: release n=bookworm*",
      "Pin-Priority: 1001",
    ],
  },
  debian12: {
    title: "Debian 12",
    suite: "bookworm",
    sources: debian("bookworm"),
    kernel: "linux-image-cloud-amd64",
    docker: ["docker.io", "iptables"],
  },
  ubuntu2404: {
    title: "Ubuntu 24.04",
    suite: "noble",
    sources: ubuntu("noble"),
    keys: {
      url: `${UBUNTU_ARCHIVE}/pool/main/u/ubuntu-keyring/ubuntu-keyring_2023.11.28.1_all.deb`,
      sha256: "36de43b15853ccae0028e9a767613770c704833f82586f28eb262f0311adb8a8",
      file: "usr/share/keyrings/ubuntu-archive-keyring.gpg",
    },
    kernel: "linux-image-virtual",
    docker: ["docker.io", "iptables"],
  },
} as const satisfies Record<string, Distribution>;

export type DistributionName = keyof typeof DISTRIBUTIONS;

export const distributionOf = (name: DistributionName): Distribution => DISTRIBUTIONS[name];
