import type { Server } from "node:net";

const HOST = "127.0.0.1";
const [front, fast, streams] = process.argv.slice(2).map(Number);

export function backendOf(path = "/"): { host: string; port: number } {
  return { host: HOST, port: (path.startsWith("/stream") ? streams : fast) ?? 0 };
}

export function listening(server: Server): void {
  server.listen(front, HOST);
}

/** The first process of a container ignores signals that it does not ask for. */
export function exitOnTerm(): void {
  process.once("SIGTERM", () => process.exit());
}
