import assert from "node:assert/strict";
import type { VirtualServer } from "./virtual-server.ts";

/** Runs a program of several lines as root on the server. @returns what it prints; it must end with 0 */
export type Shell = (script: string, ...args: string[]) => Promise<string>;

export function shellOf({ run }: VirtualServer): Shell {
  return async (script, ...args) => {
    const { stdout, stderr, exitCode } = await run(["bash", "-s", "--", ...args], {
      input: script,
      reject: false,
    });
    assert.equal(exitCode, 0, String(stderr));
    return String(stdout).trim();
  };
}
