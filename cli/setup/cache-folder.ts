import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * The user's folder for what is made once per machine and needs no root: Node, Terraform, its Docker provider.
 * `$XDG_CACHE_HOME/plimsoll`, where that is an absolute path (the XDG rule), else `~/.cache/plimsoll`.
 */
export function cacheFolder(): string {
  const base = process.env["XDG_CACHE_HOME"] ?? "";
  return join(isAbsolute(base) ? base : join(homedir(), ".cache"), "plimsoll");
}
