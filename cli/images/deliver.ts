import { isDeepStrictEqual } from "node:util";
import { OperatorError } from "../../core/operator-error.ts";
import type { Report } from "../report.ts";
import { openTarget, type Target } from "../target.ts";
import { engineImages, engineLayers } from "./engine.ts";
import { send } from "./send.ts";
import { withoutLayers, withShipment } from "./shipment.ts";

/**
 * Sends images of this machine's engine to the target, without the layers that it has, and checks that they arrived whole.
 *
 * @throws OperatorError when they did not
 */
export async function deliver(
  references: readonly string[],
  target: Target,
  report: Report,
): Promise<void> {
  await sendImages(references, target, report);
  await verify(references, target);
}

async function sendImages(
  references: readonly string[],
  target: Target,
  report: Report,
): Promise<void> {
  await withShipment(references, async (whole) => {
    const part = await withoutLayers(whole, await engineLayers(target));
    let complaint = await send(part, target, report);
    if (complaint !== undefined && part.files.length < whole.files.length) {
      // The target's engine wants every layer, also those it has.
      report.detail("sending whole images");
      complaint = await send(whole, target, report);
    }
    if (complaint !== undefined) {
      throw new OperatorError(
        `images on ${target.name}: must be accepted by its engine, got "${complaint}"; look at the log of its Docker daemon`,
      );
    }
  });
}

/** By layers, not by ID: engines with containerd's store hash something else into an image's ID. */
async function verify(references: readonly string[], target: Target): Promise<void> {
  const sent = await engineImages(openTarget("local"), references);
  const arrived = await engineImages(target, references);
  const wrong = references.filter(
    (reference) => !isDeepStrictEqual(sent.get(reference)?.layers, arrived.get(reference)?.layers),
  );
  if (wrong.length > 0) {
    throw new OperatorError(
      wrong.map(
        (reference) =>
          `image ${reference}: must be the same on ${target.name} as here after sending, but is ${arrived.has(reference) ? "another" : "missing"}; name it by a tag, remove it there and try again`,
      ),
    );
  }
}
