/**
 * A container image: where it comes from and the reference under which an engine has it.
 *
 * The reference of everything that is not pulled is `plimsoll/<name>:<hash of the recipe>`. It is known from files alone,
 * so that stacks can name an image which no engine has built yet, and an unchanged recipe is never built again.
 */
export type Image = PulledImage | BuiltImage | BootstrappedImage;

/** An image of a registry, by pinned tag or digest. */
export interface PulledImage {
  readonly kind: "pulled";
  readonly reference: string;
}

/** An image made by `docker build`. */
export interface BuiltImage extends BuildRecipe {
  readonly kind: "built";
  readonly reference: string;
}

/** A base file system made of Debian packages, where there is no registry to take one from. */
export interface BootstrappedImage extends BootstrapRecipe {
  readonly kind: "bootstrapped";
  readonly reference: string;
}

export interface BuildRecipe {
  /** Last part of the image's name: `postgres`, `chat`. */
  readonly name: string;
  /** Absolute path of the folder that is sent to the build. */
  readonly context: string;
  /** Absolute path of the Dockerfile; it may lie outside the context. */
  readonly dockerfile: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** The image it is built on, present before the build begins. */
  readonly from?: Image;
  /** Command run in the context before the build. What it writes has to lie in `outputs`. */
  readonly before?: readonly [string, ...string[]];
  /** Folders of the context that `before` makes: sent to the build, but not part of the recipe. */
  readonly outputs: readonly string[];
  /** Names of files and folders, at any depth, that are neither sent nor part of the recipe. */
  readonly ignored: readonly string[];
  /** Files outside the context that decide what `before` makes, such as a lock file further up. Absolute paths. */
  readonly inputs: readonly string[];
  /** Files out of npm packages, added to the context. */
  readonly npmFiles: readonly NpmFile[];
}

/** One file of a published npm package. */
export interface NpmFile {
  readonly packageName: string;
  readonly version: string;
  /** Subresource integrity of the package's archive, as the lock file of npm writes it: `sha512-…`. */
  readonly integrity: string;
  /** Path inside the package: `bin/node`. */
  readonly source: string;
  /** Path in the context. */
  readonly destination: string;
}

export interface BootstrapRecipe {
  readonly name: string;
  /** Debian release: `trixie`. */
  readonly suite: string;
  /** Another one makes the image anew, with the packages that the suite has then. */
  readonly revision: string;
  /** Debian's word for the processor: `amd64`, `arm64`. */
  readonly architecture: string;
  /** Options of mmdebstrap, before the suite. */
  readonly options: readonly string[];
  /** Dockerfile instructions that the import applies: `CMD ["bash"]`. */
  readonly changes: readonly string[];
}

/**
 * What an engine has to make so that it has the images: those that it lacks, each once, after what they are built on.
 * A parent is needed only by a child that has to be made.
 *
 * @param present references that the engine has
 */
export function missingImages(images: readonly Image[], present: ReadonlySet<string>): Image[] {
  const missing = new Map<string, Image>();
  const add = (image: Image) => {
    if (present.has(image.reference) || missing.has(image.reference)) return;
    if (image.kind === "built" && image.from) add(image.from);
    missing.set(image.reference, image);
  };
  for (const image of images) add(image);
  return [...missing.values()];
}

/** The images and all that they are built on. */
export function withParents(images: readonly Image[]): Image[] {
  return missingImages(images, new Set());
}
