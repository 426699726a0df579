import { join } from "node:path";
import type { BuiltImage, Image } from "./image.ts";
import { builtImage } from "./reference.ts";

const DOCKERFILE = "Dockerfile";
const GIT = ".git";
const SITE_DOCKERFILE = join(import.meta.dirname, "site", DOCKERFILE);

export interface ApplicationImageProps {
  /** Last part of the image's name: lower case letters, digits and dashes. */
  readonly name: string;
  /** Absolute path of the folder with the Dockerfile. `node_modules` and `.git` are never sent to the build. */
  readonly context: string;
  /** Command run in the context before the build, such as `["npm", "run", "build"]`. Default: none. */
  readonly before?: readonly [string, ...string[]] | undefined;
  /** Folders of the context that `before` writes. Default: `["dist"]` with `before`, none without. */
  readonly outputs?: readonly string[] | undefined;
  /** Files outside the context that decide what `before` makes: the lock file of a workspace. Default: none. */
  readonly inputs?: readonly string[] | undefined;
  /** Given to the Dockerfile as `NODE_IMAGE`. */
  readonly node: Image;
}

/**
 * The image of an application, or of the guard, from its own Dockerfile (`ARG NODE_IMAGE`, `FROM ${NODE_IMAGE}`).
 *
 * @throws OperatorError when the context, its Dockerfile or an input is missing
 */
export function applicationImage(props: ApplicationImageProps): BuiltImage {
  const { name, context, before, inputs = [], node } = props;
  return builtImage({
    name,
    context,
    dockerfile: join(context, DOCKERFILE),
    buildArgs: { NODE_IMAGE: node.reference },
    from: node,
    ...(before && { before }),
    outputs: props.outputs ?? (before ? ["dist"] : []),
    ignored: [GIT, "node_modules"],
    inputs,
    npmFiles: [],
  });
}

export interface SiteImageProps {
  readonly name: string;
  /** Absolute path of the folder whose files are served; all of them but `.git`. */
  readonly directory: string;
  readonly nginx: Image;
}

/**
 * The edge's image: nginx with the files of a static site under /srv/site.
 *
 * @throws OperatorError when the directory is missing
 */
export function siteImage({ name, directory, nginx }: SiteImageProps): BuiltImage {
  return builtImage({
    name,
    context: directory,
    dockerfile: SITE_DOCKERFILE,
    buildArgs: { NGINX_IMAGE: nginx.reference },
    from: nginx,
    outputs: [],
    ignored: [GIT],
    inputs: [],
    npmFiles: [],
  });
}
