import { createRequire } from "node:module";

type Crypto = typeof import("node:crypto");

/**
 * `node:crypto`, when it is first needed: most guards never grant a lease and are rarely looked at, and it takes a
 * megabyte.
 */
export const crypto = (): Crypto => createRequire(import.meta.url)("node:crypto");
