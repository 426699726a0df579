import { createServer } from "node:net";

/** Below the range that the kernel takes for outgoing connections: a backend that starts again finds its port free. */
const RANGE = { from: 20_000, to: 32_000 };

/** Ports of loopback that nobody listens on; from a random place on, so that runs at the same time seldom meet. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  let port = RANGE.from + Math.floor(Math.random() * (RANGE.to - RANGE.from));
  while (ports.length < count) {
    if (await isFree(port)) ports.push(port);
    port = port < RANGE.to ? port + 1 : RANGE.from;
  }
  return ports;
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error("no port is free");
  return port;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
