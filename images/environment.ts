import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Environment, offsiteOf } from "../config/environment.ts";
import { servicesOf } from "../core/spec.ts";
import { applicationImage, siteImage } from "./application.ts";
import type { Image } from "./image.ts";
import { type Digests, type ImageSource, runtimeImages } from "./runtime.ts";

/** Every image that the containers of one environment run. */
export interface EnvironmentImages {
  readonly guard: Image;
  readonly nginx: Image;
  readonly postgres: Image;
  readonly redis: Image;
  /** Where backups are copied elsewhere. */
  readonly restic?: Image;
  /** By app service. */
  readonly apps: Readonly<Record<string, Image>>;
}

const GUARD_FOLDER = join(import.meta.dirname, "..", "guard");
const NPM_BUILD = ["npm", "run", "build"] as const;

/** The lock file that decides what a bundle contains: of the folder, or of the workspace above it. */
function lockFiles(folder: string): string[] {
  const file = join(folder, "package-lock.json");
  if (existsSync(file)) return [file];
  const parent = dirname(folder);
  return parent === folder ? [] : lockFiles(parent);
}

function appImages({ root, services }: Environment, node: Image): Record<string, Image> {
  const images = servicesOf(services, "app").map(([name, app]): [string, Image] => {
    if (!app.build) return [name, { kind: "pulled", reference: app.image as string }];
    const context = resolve(root, app.build.context);
    const { before } = app.build;
    return [name, applicationImage({ name, context, before, inputs: lockFiles(context), node })];
  });
  return Object.fromEntries(images);
}

/** @throws OperatorError when a folder that the config names is missing */
/** What was found out about a target's images. */
export interface ImageChoice {
  readonly images: ImageSource;
  readonly digests: Digests;
}

export function environmentImages(
  environment: Environment,
  choice: ImageChoice,
): EnvironmentImages {
  const { nginx, redis, postgres, node, restic } = runtimeImages(choice.images, choice.digests);
  const [site] = servicesOf(environment.services, "site");
  return {
    guard: applicationImage({
      name: "guard",
      context: GUARD_FOLDER,
      before: NPM_BUILD,
      inputs: lockFiles(GUARD_FOLDER),
      node,
    }),
    nginx: site
      ? siteImage({ name: "site", directory: resolve(environment.root, site[1].directory), nginx })
      : nginx,
    postgres,
    redis,
    ...(offsiteOf(environment) && { restic }),
    apps: appImages(environment, node),
  };
}

/** Each image once, for those who build or send them. */
export function imageList(images: EnvironmentImages): Image[] {
  const all = [
    images.guard,
    images.nginx,
    images.postgres,
    images.redis,
    ...(images.restic ? [images.restic] : []),
    ...Object.values(images.apps),
  ];
  return [...new Map(all.map((image) => [image.reference, image])).values()];
}
