import { existsSync } from "node:fs";
import { copyFile, link, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { platform } from "./platform.ts";

/** Stacks ask for exactly this version; the binary in the mirror carries it in its name. */
export const PROVIDER_VERSION = "4.6.0";
const ADDRESS = "kreuzwerker/docker";
const TERRAFORM_HOST = "registry.terraform.io";
const OPENTOFU_HOST = "registry.opentofu.org";

/** Places of the local filesystem mirror that Terraform takes the provider from. */
export interface ProviderMirror {
  readonly folder: string;
  readonly binary: string;
  /** Terraform's CLI configuration that points to the mirror. */
  readonly cliConfig: string;
}

const binaryOf = (folder: string, host: string) =>
  join(
    folder,
    host,
    ADDRESS,
    PROVIDER_VERSION,
    platform(),
    `terraform-provider-docker_v${PROVIDER_VERSION}`,
  );

export function providerMirror(): ProviderMirror {
  const base = join(cacheFolder(), "terraform");
  const folder = join(base, "providers");
  return { folder, binary: binaryOf(folder, TERRAFORM_HOST), cliConfig: join(base, "cli.tfrc") };
}

/** Source: Terraform's CLI configuration, `provider_installation`; `direct` serves every other provider. */
function cliConfigText(folder: string): string {
  const addresses = JSON.stringify([`${TERRAFORM_HOST}/${ADDRESS}`, `${OPENTOFU_HOST}/${ADDRESS}`]);
  return [
    "provider_installation {",
    "  filesystem_mirror {",
    `    path    = ${JSON.stringify(folder)}`,
    `    include = ${addresses}`,
    "  }",
    "  direct {",
    `    exclude = ${addresses}`,
    "  }",
    "}",
    "",
  ].join("\n");
}

async function writeIfChanged(file: string, text: string): Promise<void> {
  if ((await readFile(file, "utf8").catch(() => "")) === text) return;
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, text);
  await rename(partial, file);
}

/** OpenTofu looks under its own host; Terraform's search follows no link between hosts, so the file is there twice. */
async function offerToOpenTofu(mirror: ProviderMirror): Promise<void> {
  const file = binaryOf(mirror.folder, OPENTOFU_HOST);
  if (existsSync(file)) return;
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}`;
  await link(mirror.binary, partial).catch(() => copyFile(mirror.binary, partial));
  await rename(partial, file);
}

/** Completes a mirror that holds the binary: its second address and the configuration that points to it. */
export async function completeMirror(mirror: ProviderMirror): Promise<void> {
  await offerToOpenTofu(mirror);
  await writeIfChanged(mirror.cliConfig, cliConfigText(mirror.folder));
}
