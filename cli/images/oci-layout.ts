import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, realpath, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** One image of `manifest.json` in what `docker save` writes. */
export interface SavedImage {
  readonly Config: string;
  readonly RepoTags: readonly string[] | null;
  readonly Layers: readonly string[];
}

const MARKER = "oci-layout";
const BLOBS = "blobs/sha256";
const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";

/**
 * Turns unpacked output of `docker save` into an OCI image layout, which Docker 25 and later write by themselves.
 * Engines with containerd's image store accept that layout without the layers they already have; all others go by
 * `manifest.json`, which stays.
 */
export async function toOciLayout(folder: string): Promise<void> {
  if (existsSync(join(folder, MARKER))) return;
  await mkdir(join(folder, BLOBS), { recursive: true });
  const saved = await savedImages(folder);
  const converted = [];
  const manifests = [];
  for (const image of saved) {
    const { blobs, manifest } = await convert(folder, image);
    converted.push({ ...image, ...blobs });
    manifests.push(
      ...(image.RepoTags ?? []).map((tag) => ({ ...manifest, annotations: named(tag) })),
    );
  }
  await writeJson(folder, "manifest.json", converted);
  await writeJson(folder, "index.json", { schemaVersion: 2, manifests });
  await writeJson(folder, MARKER, { imageLayoutVersion: "1.0.0" });
}

export async function savedImages(folder: string): Promise<SavedImage[]> {
  return JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as SavedImage[];
}

/** Digests of an image's unpacked layers, lowest first. */
export async function layerDigests(folder: string, { Config }: SavedImage): Promise<string[]> {
  const config = JSON.parse(await readFile(join(folder, Config), "utf8"));
  return (config as { rootfs: { diff_ids: string[] } }).rootfs.diff_ids;
}

async function convert(folder: string, image: SavedImage) {
  const digests = await layerDigests(folder, image);
  for (const [index, path] of image.Layers.entries()) {
    await moveLayer(join(folder, path), join(folder, blobPath(digests[index] ?? "")));
  }
  const config = await addBlob(folder, CONFIG_TYPE, await readFile(join(folder, image.Config)));
  const layers = await Promise.all(digests.map((digest) => layerDescriptor(folder, digest)));
  const content = { schemaVersion: 2, mediaType: MANIFEST_TYPE, config, layers };
  return {
    manifest: await addBlob(folder, MANIFEST_TYPE, Buffer.from(JSON.stringify(content))),
    blobs: { Config: blobPath(config.digest), Layers: digests.map(blobPath) },
  };
}

/** A layer that occurs twice is a symbolic link the second time. */
async function moveLayer(from: string, to: string): Promise<void> {
  if (existsSync(to)) return;
  await rename(await realpath(from), to);
}

async function layerDescriptor(folder: string, digest: string) {
  const { size } = await stat(join(folder, blobPath(digest)));
  return { mediaType: LAYER_TYPE, digest, size };
}

async function addBlob(folder: string, mediaType: string, content: Buffer) {
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  await writeFile(join(folder, blobPath(digest)), content);
  return { mediaType, digest, size: content.length };
}

function blobPath(digest: string): string {
  return `${BLOBS}/${digest.replace("sha256:", "")}`;
}

function named(tag: string) {
  const [first = "", ...rest] = tag.split("/");
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const fullName = hasRegistry ? tag : `docker.io/${rest.length > 0 ? tag : `library/${tag}`}`;
  return {
    "io.containerd.image.name": fullName,
    "org.opencontainers.image.ref.name": tag.slice(tag.lastIndexOf(":") + 1),
  };
}

async function writeJson(folder: string, name: string, content: unknown): Promise<void> {
  await writeFile(join(folder, name), JSON.stringify(content));
}
