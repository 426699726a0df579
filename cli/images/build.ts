import { OperatorError } from "../../core/operator-error.ts";
import { type Image, missingImages, withParents } from "../../images/image.ts";
import type { Report } from "../report.ts";
import { openTarget } from "../target.ts";
import { bootstrap } from "./bootstrap.ts";
import { withBuildLock } from "./build-lock.ts";
import { dockerBuild } from "./docker-build.ts";
import { engineImages, lastLine } from "./engine.ts";

/**
 * Makes present on this machine's engine whatever is missing of the images, parents first. An image that the engine has
 * under its reference is left as it is.
 *
 * A reference is given only to a finished image, so an interrupted run leaves nothing half made, and runs at the same time
 * wait for each other.
 *
 * @throws OperatorError when the engine does not answer, or an image cannot be pulled or built; with the whole output
 */
export async function ensureImages(images: readonly Image[], report: Report): Promise<void> {
  if ((await findMissing(images)).length === 0) return;
  await withBuildLock(report, async () => {
    const missing = await findMissing(images);
    for (const [index, image] of missing.entries()) {
      report.step(
        `image ${image.reference}: ${DOING[image.kind]} (${index + 1} of ${missing.length})`,
      );
      await make(image, report);
      report.done(`image ${image.reference}`);
    }
  });
}

const DOING = {
  pulled: "pulling",
  built: "building",
  bootstrapped: "building from Debian packages",
} as const;

async function findMissing(images: readonly Image[]): Promise<Image[]> {
  const references = withParents(images).map((image) => image.reference);
  const present = await engineImages(openTarget("local"), references);
  return missingImages(images, new Set(present.keys()));
}

function make(image: Image, report: Report): Promise<void> {
  if (image.kind === "pulled") return pull(image.reference);
  if (image.kind === "bootstrapped") return bootstrap(image, report);
  return dockerBuild(image, report);
}

async function pull(reference: string): Promise<void> {
  const result = await openTarget("local").docker(["pull", "--quiet", reference], {
    reject: false,
  });
  if (result.failed) {
    throw new OperatorError(
      `image ${reference}: must be pulled, got ${lastLine(String(result.stderr))}; check the name and that its registry answers`,
    );
  }
}
