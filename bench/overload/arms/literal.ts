import { join } from "node:path";
import type { Arm } from "./arm.ts";
import { startArm } from "./program.ts";

/** The rules of thumb that a memory guard is often built from, word for word: see literal-proxy.ts. */
export const literal: Arm = {
  name: "bands-5s",
  readsHints: false,
  start: ({ place }) =>
    startArm(place, [
      process.execPath,
      join(place.programs, "literal.mjs"),
      ...[String(place.backendPort), String(place.frontPort), place.cgroupParent],
    ]),
};
