import type { Target } from "./target.ts";

const LISTEN_STATE = "0A";

/** TCP ports that something listens on, out of the kernel's own table: no tool has to be installed there. */
export async function listeningPorts(target: Target): Promise<Set<number>> {
  // Without IPv6 the second file is missing.
  const { stdout } = await target.run(["cat", "/proc/net/tcp", "/proc/net/tcp6"], {
    reject: false,
  });
  const ports = String(stdout)
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state === LISTEN_STATE)
    .map(([, local = ""]) => Number.parseInt(local.split(":").at(-1) ?? "", 16));
  return new Set(ports);
}
