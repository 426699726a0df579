import type { AppServer } from "./server.ts";

/**
 * Stops accepting, lets requests under way finish until `timeoutMs`, cuts the rest, and resolves when
 * the last handler has stored what it had.
 */
export async function drain(server: AppServer, timeoutMs: number): Promise<void> {
  const cut = setTimeout(() => server.http.closeAllConnections(), timeoutMs);
  await server.connections.close();
  clearTimeout(cut);
  await server.settled();
}
