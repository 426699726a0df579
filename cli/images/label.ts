import type { BootstrappedImage, BuiltImage } from "../../images/image.ts";

/** Marks every image that Plimsoll made; its value is the image's name. */
const LABEL = "plimsoll.image";

/** Marks a stage of our own Dockerfiles that no finished image uses. */
export const STAGE_LABEL = "plimsoll.stage";

export function labelOf(image: BuiltImage | BootstrappedImage): string {
  return `${LABEL}=${image.name}`;
}
