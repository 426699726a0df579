import { createRequire } from "node:module";

/** `node:crypto` without what `import` would load on top: its export `webcrypto` is built when it is read. */
export const crypto: typeof import("node:crypto") = createRequire(import.meta.url)("node:crypto");
