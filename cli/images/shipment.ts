import { readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import { lastLine } from "./engine.ts";
import { layerDigests, savedImages, toOciLayout } from "./oci-layout.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

/** Images of this machine's engine, unpacked into files that are ready to be sent. */
export interface Shipment {
  readonly folder: string;
  readonly files: readonly string[];
}

/** Saves the images into a folder, which is removed after the work. */
export function withShipment<T>(
  references: readonly string[],
  work: (shipment: Shipment) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder("ship", async (folder) => {
    await save(references, folder);
    await toOciLayout(folder);
    return work({ folder, files: await shippedFiles(folder) });
  });
}

/**
 * The shipment without the layers that an engine has: with an application's new version only its own layers travel, not
 * the Node image below.
 *
 * @param present layers of each of the engine's images, lowest first
 */
export async function withoutLayers(
  shipment: Shipment,
  present: readonly (readonly string[])[],
): Promise<Shipment> {
  const known = new Set(present.flatMap((layers) => chains(layers)));
  const needed = new Set<string>();
  const spared = new Set<string>();
  for (const image of await savedImages(shipment.folder)) {
    for (const [index, chain] of chains(await layerDigests(shipment.folder, image)).entries()) {
      (known.has(chain) ? spared : needed).add(image.Layers[index] ?? "");
    }
  }
  return {
    ...shipment,
    files: shipment.files.filter((file) => needed.has(file) || !spared.has(file)),
  };
}

export async function shipmentBytes({ folder, files }: Shipment): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** An engine has a layer only on top of the layers that were below it. */
function chains(layers: readonly string[]): string[] {
  return layers.map((_, index) => layers.slice(0, index + 1).join(" "));
}

async function save(references: readonly string[], folder: string): Promise<void> {
  const saving = execa("docker", ["save", ...references], {
    buffer: { stdout: false },
    reject: false,
  });
  const unpacking = execa("tar", ["-x", "-C", folder], { reject: false });
  await pipeline(saving.stdout, unpacking.stdin).catch(() => undefined);
  const results = [await saving, await unpacking];
  const failed = results.find((result) => result.failed);
  if (failed) {
    throw new OperatorError(
      `images: must be unpacked in ${tmpdir()} before they are sent, got ${lastLine(String(failed.stderr)) || failed.shortMessage}; free space there, or set TMPDIR`,
    );
  }
}

async function shippedFiles(folder: string): Promise<string[]> {
  const blobs = await readdir(join(folder, "blobs/sha256"));
  return [
    "oci-layout",
    "index.json",
    "manifest.json",
    ...blobs.sort().map((name) => `blobs/sha256/${name}`),
  ];
}
