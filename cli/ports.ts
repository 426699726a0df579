import type { Target } from "./target.ts";

const LISTEN_STATE = "0A";

interface Listener {
  readonly port: number;
  /** Nobody outside can reach it. */
  readonly isLoopback: boolean;
}

/** 127.0.0.0/8 with its bytes turned around, also inside an IPv6 address, and ::1. */
const LOOPBACK = /^(?:0{16}FFFF0000)?[\dA-F]{6}7F$|^0{24}01000000$/;

/** A line of the kernel's table; undefined for a socket that does not listen. */
function listenerIn(line: string): Listener | undefined {
  const [, local = "", , state] = line.trim().split(/\s+/);
  if (state !== LISTEN_STATE) return undefined;
  const [address = "", port = ""] = local.split(":");
  return { port: Number.parseInt(port, 16), isLoopback: LOOPBACK.test(address) };
}

/** TCP sockets that listen, out of the kernel's own table: no tool has to be installed there. */
export async function listeners(target: Target): Promise<Listener[]> {
  // Without IPv6 the second file is missing.
  const { stdout } = await target.run(["cat", "/proc/net/tcp", "/proc/net/tcp6"], {
    reject: false,
  });
  return String(stdout)
    .split("\n")
    .flatMap((line) => listenerIn(line) ?? []);
}

/** Ports that something listens on. */
export async function listeningPorts(target: Target): Promise<Set<number>> {
  return new Set((await listeners(target)).map(({ port }) => port));
}
