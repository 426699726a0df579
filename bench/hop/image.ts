import { join } from "node:path";
import { debianImages } from "../../images/debian.ts";
import type { BuiltImage } from "../../images/image.ts";
import { builtImage } from "../../images/reference.ts";

/** nginx and HAProxy on the Debian that the guard's image stands on. */
export function proxiesImage(): BuiltImage {
  const context = join(import.meta.dirname, "image");
  const { from } = debianImages(process.arch).node as BuiltImage;
  if (from === undefined) throw new Error("the Debian image of Node has no base");
  return builtImage({
    ...{ name: "bench-proxies", context, from, dockerfile: join(context, "Dockerfile") },
    buildArgs: { BASE_IMAGE: from.reference },
    ...{ outputs: [], ignored: [], inputs: [], npmFiles: [] },
  });
}
