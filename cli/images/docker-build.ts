import { execa } from "execa";
import { STAGE_LABEL } from "../../core/names.ts";
import { OperatorError } from "../../core/operator-error.ts";
import type { BuiltImage } from "../../images/image.ts";
import { buildReference } from "../../images/reference.ts";
import type { Report } from "../report.ts";
import { openTarget } from "../target.ts";
import { type StagedContext, withStagedContext } from "./context.ts";
import { labelOf } from "./label.ts";
import { buildStep, follow } from "./output.ts";

/**
 * Runs `docker build` for one image, after its own build command.
 *
 * @throws OperatorError with the whole output when either fails, or when files changed since the reference was made
 */
export async function dockerBuild(image: BuiltImage, report: Report): Promise<void> {
  await runBefore(image, report);
  requireUnchanged(image);
  await withStagedContext(image, async (staged) => {
    const program = openTarget("local").docker(["build", ...buildOptions(image, staged)], {
      all: true,
      reject: false,
      env: BUILD_ENVIRONMENT,
    });
    const { output, failed } = await follow(program, (line) => {
      const step = buildStep(line);
      if (step) report.detail(step);
    });
    if (failed) {
      throw new OperatorError(
        `image ${image.name}: docker build failed; correct what its output says and try again:\n${output}`,
      );
    }
  });
  await removeStages();
}

/** Stages of a build that no image uses stay behind as unnamed images; those of our own Dockerfiles carry a label. */
async function removeStages(): Promise<void> {
  await openTarget("local").docker([
    "image",
    "prune",
    "--force",
    "--filter",
    `label=${STAGE_LABEL}`,
  ]);
}

/** Progress in lines, and no attestations: they would turn the image into a list of images that older engines cannot load. */
const BUILD_ENVIRONMENT = { BUILDKIT_PROGRESS: "plain", BUILDX_NO_DEFAULT_ATTESTATIONS: "1" };

function buildOptions(image: BuiltImage, { context, dockerfile }: StagedContext): string[] {
  const buildArgs = Object.entries(image.buildArgs).flatMap(([key, value]) => [
    "--build-arg",
    `${key}=${value}`,
  ]);
  // On the host's network apt and npm reach their registries wherever this machine does, also where a bridge has no DNS.
  const network = ["--network", "host"];
  // Without it the legacy builder keeps the container of a failed step.
  const tidy = ["--force-rm"];
  const name = ["--label", labelOf(image), "--tag", image.reference];
  return [...network, ...tidy, ...buildArgs, ...name, "--file", dockerfile, context];
}

async function runBefore(image: BuiltImage, report: Report): Promise<void> {
  if (!image.before) return;
  const [command, ...args] = image.before;
  report.detail(image.before.join(" "));
  const result = await execa(command, args, {
    cwd: image.context,
    all: true,
    reject: false,
    preferLocal: true,
    localDir: image.context,
  });
  if (result.failed) {
    throw new OperatorError(
      `image ${image.name}: \`${image.before.join(" ")}\` failed; correct what its output says:\n${result.all || result.shortMessage}`,
    );
  }
}

/** The reference was made from the files of an earlier moment: it must not name an image of other files. */
function requireUnchanged(image: BuiltImage): void {
  if (buildReference(image) === image.reference) return;
  throw new OperatorError(
    image.before
      ? `image ${image.name}: \`${image.before.join(" ")}\` must write to ${image.outputs.join(", ")} only, but other files of ${image.context} changed; move its output there`
      : `image ${image.name}: files of ${image.context} changed since this run began; run it again`,
  );
}
