import { join } from "node:path";
import { OperatorError } from "../core/operator-error.ts";
import type { BuiltImage, Image, NpmFile } from "./image.ts";
import { bootstrappedImage, builtImage } from "./reference.ts";

/** Debian 13, security support until 2028; it has PostgreSQL 17, Redis 8 and nginx 1.26. */
const SUITE = "trixie";
/** To be raised for Debian's security updates: an unchanged recipe is never built again. */
const REVISION = "2026-11";
const POSTGRES_MAJOR = "17";

/** The newest Node 24 LTS that npm has for both processors. */
const NODE_VERSION = "24.21.0";
const NODE_INTEGRITY: Readonly<Record<string, string>> = {
  x64: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  arm64:
    "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
};

const DEBIAN_ARCHITECTURE: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** Left out of every package, now and in images built on this one. The copyright files have to stay. */
const EXCLUDED = ["doc", "info", "lintian", "locale", "man"].map((name) => `/usr/share/${name}/*`);
/** Converters for character sets other than UTF-8 and Latin 1: 9 MB. */
const CHARACTER_SETS = "/usr/lib/*/gconv/*";

const BASE_OPTIONS = [
  "--variant=minbase",
  '--aptopt=APT::Install-Recommends "false"',
  '--aptopt=Acquire::Languages "none"',
  ...[...EXCLUDED, CHARACTER_SETS].map((path) => `--dpkgopt=path-exclude=${path}`),
  "--dpkgopt=path-include=/usr/share/doc/*/copyright",
  '--customize-hook=rm -rf "$1"/var/cache/debconf/*-old "$1"/var/log/apt "$1"/var/log/dpkg.log',
];

/**
 * Images built on one Debian base, with the contract of the official ones.
 *
 * @param processor in the words of `process.arch`
 * @throws OperatorError on a processor other than x64 and arm64
 */
export function debianImages(processor: string) {
  const base = baseImage(processor);
  return {
    nginx: debianImage("nginx", base),
    redis: debianImage("redis", base),
    postgres: debianImage("postgres", base, { buildArgs: { POSTGRES_MAJOR } }),
    node: debianImage("node", base, { npmFiles: [nodeProgram(processor)] }),
    restic: debianImage("restic", base),
  };
}

function baseImage(processor: string): Image {
  const architecture = DEBIAN_ARCHITECTURE[processor];
  if (architecture === undefined) {
    throw new OperatorError(
      `images: built for x64 and arm64, got ${processor}; use images: "official"`,
    );
  }
  return bootstrappedImage({
    name: "debian",
    suite: SUITE,
    revision: REVISION,
    architecture,
    options: BASE_OPTIONS,
    changes: [
      "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      'CMD ["bash"]',
    ],
  });
}

type Additions = Partial<Pick<BuiltImage, "buildArgs" | "npmFiles">>;

/** An image of a folder here, on a base that has Debian's package manager. */
export function debianImage(
  name: string,
  base: Image,
  { buildArgs = {}, npmFiles = [] }: Additions = {},
): Image {
  const context = join(import.meta.dirname, name);
  return builtImage({
    name,
    context,
    dockerfile: join(context, "Dockerfile"),
    buildArgs: { BASE_IMAGE: base.reference, ...buildArgs },
    from: base,
    outputs: [],
    ignored: [],
    inputs: [],
    npmFiles,
  });
}

function nodeProgram(processor: string): NpmFile {
  return {
    packageName: `node-linux-${processor}`,
    version: NODE_VERSION,
    integrity: NODE_INTEGRITY[processor] ?? "",
    source: "bin/node",
    destination: "node",
  };
}
