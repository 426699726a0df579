import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { IMAGE_NAMESPACE } from "../core/names.ts";
import { OperatorError } from "../core/operator-error.ts";
import { contextFiles } from "./context-files.ts";
import type { BootstrappedImage, BootstrapRecipe, BuildRecipe, BuiltImage } from "./image.ts";

/** 48 bits: a clash within one project's images is out of reach, and the tag still fits a table. */
const HASH_DIGITS = 12;

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");

function tag(name: string, recipe: readonly unknown[]): string {
  return `${IMAGE_NAMESPACE}/${name}:${sha256(JSON.stringify(recipe)).slice(0, HASH_DIGITS)}`;
}

/**
 * An image whose reference is a hash of its recipe: paths, contents and executable bits of the context, the Dockerfile,
 * build arguments, parent, and the rest of the recipe. Of a file's mode only the executable bit counts, as in Git: other
 * bits come from the umask of whoever checked the files out.
 *
 * @throws OperatorError when the context or the Dockerfile is missing
 */
export function builtImage(recipe: BuildRecipe): BuiltImage {
  return { ...recipe, kind: "built", reference: buildReference(recipe) };
}

/** The reference that the recipe has now; differs from the image's own when files changed since. */
export function buildReference(recipe: BuildRecipe): string {
  requireContext(recipe);
  const files = contextFiles(recipe.context, recipe).map(({ path, link, executable }) => [
    path,
    executable,
    link ?? sha256(readFileSync(join(recipe.context, path))),
  ]);
  return tag(recipe.name, [
    files,
    sha256(readFileSync(recipe.dockerfile)),
    Object.entries(recipe.buildArgs).sort(),
    recipe.from?.reference,
    recipe.before,
    recipe.outputs,
    recipe.inputs.map((path) => [basename(path), sha256(readFileSync(path))]),
    recipe.npmFiles,
  ]);
}

/** An image of Debian packages whose reference is a hash of suite, revision, architecture and options. */
export function bootstrappedImage(recipe: BootstrapRecipe): BootstrappedImage {
  const { name, suite, revision, architecture, options, changes } = recipe;
  const reference = tag(name, [suite, revision, architecture, options, changes]);
  return { ...recipe, kind: "bootstrapped", reference };
}

function requireContext({ name, context, dockerfile, inputs }: BuildRecipe): void {
  if (!statSync(context, { throwIfNoEntry: false })?.isDirectory()) {
    throw new OperatorError(
      `image ${name}: must be built from a folder, got ${context}; correct the path`,
    );
  }
  for (const path of [dockerfile, ...inputs]) {
    if (!existsSync(path)) {
      throw new OperatorError(
        `image ${name}: needs ${path}, which does not exist; add it or correct the path`,
      );
    }
  }
}
