import { IMAGE_LABEL } from "../../core/names.ts";
import type { BootstrappedImage, BuiltImage } from "../../images/image.ts";

export function labelOf(image: BuiltImage | BootstrappedImage): string {
  return `${IMAGE_LABEL}=${image.name}`;
}
