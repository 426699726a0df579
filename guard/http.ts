import { createRequire } from "node:module";

/**
 * `node:http`, without the 14 MB that `import` would cost: an import statement reads every export, and from Node 22
 * on one of them (`WebSocket`) loads undici and all of TLS.
 */
export const http: typeof import("node:http") = createRequire(import.meta.url)("node:http");
