import type { Arm } from "./arm.ts";

/** Clients reach the backend itself. */
export const none: Arm = {
  name: "none",
  readsHints: false,
  start: async ({ place }) => ({ port: place.backendPort, end: async () => undefined }),
};
