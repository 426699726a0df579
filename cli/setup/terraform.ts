import { join } from "node:path";
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import type { Report } from "../report.ts";
import { cacheFolder } from "./cache-folder.ts";
import { makeOnce } from "./once.ts";
import { platform } from "./platform.ts";
import { downloadTerraform } from "./terraform-release.ts";
import { isAtLeast } from "./version.ts";

/** The first whose `init` takes a provider lock made from a filesystem mirror, and that OpenTofu forked from. */
export const TERRAFORM_VERSION_MIN = "1.5";
const PINNED_VERSION = "1.11.4";
const VENDOR_SITE = "https://releases.hashicorp.com";
const VERSION_TIMEOUT_MS = 20_000;

export interface Terraform {
  /** What cdktf calls: `terraform`, `tofu`, or a path. */
  readonly binary: string;
  readonly version: string;
}

const cachedBinary = () => join(cacheFolder(), "terraform", PINNED_VERSION, "terraform");

async function ask(binary: string): Promise<Terraform | undefined> {
  const { stdout } = await execa(binary, ["version", "-json"], {
    reject: false,
    timeout: VERSION_TIMEOUT_MS,
    stdin: "ignore",
    env: { CHECKPOINT_DISABLE: "1" },
  });
  const version = /"terraform_version":\s*"([^"]+)"/.exec(stdout ?? "")?.[1];
  return version === undefined ? undefined : { binary, version };
}

const fits = ({ version }: Terraform) => isAtLeast(version, TERRAFORM_VERSION_MIN);

/** The operator's own choice; cdktf obeys the same variable. */
async function chosen(binary: string): Promise<Terraform> {
  const found = await ask(binary);
  if (found !== undefined && fits(found)) return found;
  throw new OperatorError(
    `TERRAFORM_BINARY_NAME: must name Terraform ${TERRAFORM_VERSION_MIN} or newer, or OpenTofu, got ${binary} (${found?.version ?? "does not run"}); unset it or correct it`,
  );
}

/**
 * The Terraform that would be used now: TERRAFORM_BINARY_NAME, else `terraform`, then `tofu` in PATH, then the
 * user's cache. Undefined where there is none that is new enough.
 */
export async function findTerraform(): Promise<Terraform | undefined> {
  const name = process.env["TERRAFORM_BINARY_NAME"];
  if (name) return chosen(name);
  for (const binary of ["terraform", "tofu", cachedBinary()]) {
    const found = await ask(binary);
    if (found !== undefined && fits(found)) return found;
  }
  return undefined;
}

/**
 * Sees to it that there is Terraform or OpenTofu 1.5 or newer; downloads the vendor's release into the user's cache
 * where there is none.
 * @throws OperatorError with the fix where it cannot be downloaded
 */
export async function ensureTerraform(report: Report): Promise<Terraform> {
  const found = await findTerraform();
  if (found !== undefined) return found;
  const site = process.env["PLIMSOLL_TERRAFORM_RELEASES"]?.replace(/\/+$/, "") || VENDOR_SITE;
  const release = { site, version: PINNED_VERSION, platform: platform() };
  const file = cachedBinary();
  const isDone = async () => (await ask(file)) !== undefined;
  const make = async () => {
    report.step(
      `terraform: none of ${TERRAFORM_VERSION_MIN} or newer here, downloading ${PINNED_VERSION}`,
    );
    await downloadTerraform(release, file, report);
    if (!(await isDone()))
      throw new OperatorError(`terraform: ${file} does not run on this machine`);
    report.done(`terraform: ${PINNED_VERSION} in ${file}`);
  };
  await makeOnce({ file, thing: "terraform", isDone, make }, report);
  return { binary: file, version: PINNED_VERSION };
}
