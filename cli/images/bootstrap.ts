import { existsSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import type { BootstrappedImage } from "../../images/image.ts";
import type { Report } from "../report.ts";
import { openTarget } from "../target.ts";
import { labelOf } from "./label.ts";
import { follow, shorten } from "./output.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

/** mmdebstrap itself, and the keys of Debian's archive, which Ubuntu does not have by default. */
const PACKAGES = ["mmdebstrap", "debian-archive-keyring"];
const APT_GET = "/usr/bin/apt-get";

/**
 * Makes the base file system from Debian packages and imports it. The archive is complete before the engine sees it: a
 * pipe that breaks half way would leave an image that looks whole.
 *
 * @throws OperatorError when mmdebstrap is missing and cannot be installed, or fails
 */
export async function bootstrap(image: BootstrappedImage, report: Report): Promise<void> {
  await requireMmdebstrap(report);
  await withTemporaryFolder("image", async (folder) => {
    const archive = join(folder, "base.tar");
    await makeArchive(image, archive, report);
    const changes = [...image.changes, `LABEL ${labelOf(image)}`];
    const options = changes.flatMap((change) => ["--change", change]);
    await openTarget("local").docker(["import", ...options, archive, image.reference]);
  });
}

async function makeArchive(image: BootstrappedImage, archive: string, report: Report) {
  const { suite, architecture, options } = image;
  const args = [...options, `--architectures=${architecture}`, suite, archive];
  const program = execa("mmdebstrap", args, { all: true, reject: false });
  const { output, failed } = await follow(program, (line) => {
    if (line.startsWith("I: ")) report.detail(shorten(line.slice("I: ".length)));
  });
  if (failed) {
    throw new OperatorError(
      `image ${image.name}: mmdebstrap failed; correct what its output says and try again:\n${output}`,
    );
  }
}

async function requireMmdebstrap(report: Report): Promise<void> {
  const found = await execa("mmdebstrap", ["--version"], { reject: false });
  if (!found.failed) return;
  requireInstallable({ hasAptGet: existsSync(APT_GET), isRoot: process.getuid?.() === 0 });
  report.step("mmdebstrap: installing it with apt-get");
  await aptGet(["update"]);
  await aptGet(["install", "--yes", "--no-install-recommends", ...PACKAGES]);
}

interface Machine {
  readonly hasAptGet: boolean;
  readonly isRoot: boolean;
}

/** @throws OperatorError on a machine where mmdebstrap cannot be installed by this run */
export function requireInstallable({ hasAptGet, isRoot }: Machine): void {
  const missing = "mmdebstrap: needed to build images from Debian packages, not found";
  if (!hasAptGet) {
    throw new OperatorError(`${missing}; build on Debian or Ubuntu, or set images: "official"`);
  }
  if (!isRoot) {
    throw new OperatorError(`${missing}; run \`sudo apt-get install ${PACKAGES.join(" ")}\``);
  }
}

async function aptGet(args: readonly string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const result = await execa(APT_GET, args, { all: true, reject: false, env });
  if (result.failed) {
    throw new OperatorError(
      `apt-get ${args[0]}: failed; correct what its output says:\n${result.all}`,
    );
  }
}
