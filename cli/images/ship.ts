import { OperatorError } from "../../core/operator-error.ts";
import type { Image } from "../../images/image.ts";
import type { Report } from "../report.ts";
import { openTarget, type Target } from "../target.ts";
import { ensureImages } from "./build.ts";
import { deliver } from "./deliver.ts";
import { engineImages, lastLine } from "./engine.ts";

const local = openTarget("local");

/**
 * Makes the images present on the target. On this machine they are pulled or built; a server pulls what it can from a
 * registry, and gets the rest from this machine in one compressed stream. Nothing is ever built on a server.
 *
 * @throws OperatorError when an image cannot be made or pulled, the target has another processor or a full disk, or the
 * connection is lost; what has arrived is kept
 */
export async function ship(
  images: readonly Image[],
  target: Target,
  report: Report,
): Promise<void> {
  if (target.name === local.name) return ensureImages(images, report);
  const lacking = await lackingOn(target, images);
  const rest = await pullThere(lacking, target, report);
  if (rest.length === 0) return;
  await ensureImages(rest, report);
  const references = rest.map((image) => image.reference);
  await requireSameProcessor(references, target);
  report.step(`images: sending ${references.length} to ${target.name}`);
  await deliver(references, target, report);
  report.done(`images: ${references.length} sent to ${target.name}`);
}

async function lackingOn(target: Target, images: readonly Image[]): Promise<Image[]> {
  const wanted = new Map(images.map((image) => [image.reference, image]));
  const present = await engineImages(target, [...wanted.keys()]);
  return [...wanted.values()].filter((image) => !present.has(image.reference));
}

/** A registry that answers, but not with this image: others may still be had there. */
const REFUSED = /denied|unauthorized|not found|manifest unknown/i;

/** @returns the images that the target could not pull */
async function pullThere(
  lacking: readonly Image[],
  target: Target,
  report: Report,
): Promise<Image[]> {
  const rest: Image[] = lacking.filter((image) => image.kind !== "pulled");
  let reachable = true;
  for (const image of lacking.filter(({ kind }) => kind === "pulled")) {
    const failure = reachable ? await pull(image.reference, target, report) : "";
    if (failure === undefined) continue;
    reachable &&= REFUSED.test(failure);
    rest.push(image);
  }
  return rest;
}

async function pull(
  reference: string,
  target: Target,
  report: Report,
): Promise<string | undefined> {
  report.step(`image ${reference}: pulling on ${target.name}`);
  const result = await target.docker(["pull", "--quiet", reference], { reject: false });
  if (!result.failed) return undefined;
  const failure = lastLine(String(result.stderr));
  report.detail(`not to be had there (${failure}); sending it from here`);
  return failure;
}

/** Docker's name of the processor, for images and engines alike. */
async function requireSameProcessor(references: readonly string[], target: Target): Promise<void> {
  const { stdout } = await target.docker(["version", "--format", "{{.Server.Arch}}"]);
  const processor = String(stdout).trim();
  for (const [reference, { architecture }] of await engineImages(local, references)) {
    if (architecture !== processor) {
      throw new OperatorError(
        `image ${reference}: must be for ${processor}, the processor of ${target.name}, got ${architecture}; deploy from a machine with that processor, or use images from a registry`,
      );
    }
  }
}
