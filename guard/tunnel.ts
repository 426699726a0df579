import type { IncomingMessage } from "node:http";
import { type Duplex, pipeline } from "node:stream";
import { endToEndHeaders } from "./headers.ts";

/** One end of a tunnel, and what it sent right behind its head. */
export interface End {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Whether a request asks for WebSocket, the only protocol that is switched to. */
export function isWebSocketUpgrade(request: IncomingMessage): boolean {
  return (
    request.method === "GET" &&
    request.httpVersion === "1.1" &&
    request.headers.upgrade?.toLowerCase() === "websocket" &&
    request.headers["transfer-encoding"] === undefined &&
    Number(request.headers["content-length"] ?? 0) === 0
  );
}

/** The backend's `101 Switching Protocols` as bytes for the client. */
export function switchingHead(response: IncomingMessage): string {
  const headers = endToEndHeaders(response.rawHeaders);
  const lines = ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket"];
  for (let index = 0; index < headers.length; index += 2) {
    lines.push(`${headers[index]}: ${headers[index + 1]}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Until the tunnel is open nobody reads the client's socket, and its end would go unseen. */
export function watchEnd(socket: Duplex): void {
  socket.on("readable", peek);
  socket.on("end", leave);
}

function peek(this: Duplex): void {
  this.read(0);
}

function leave(this: Duplex): void {
  this.destroy();
}

/** Passes bytes both ways until either end closes, which closes the other. */
export function openTunnel(client: End, backend: End): void {
  client.socket.off("readable", peek).off("end", leave);
  if (client.head.length > 0) backend.socket.write(client.head);
  if (backend.head.length > 0) client.socket.write(backend.head);
  const closeBoth = () => {
    client.socket.destroy();
    backend.socket.destroy();
  };
  pipeline(client.socket, backend.socket, closeBoth);
  pipeline(backend.socket, client.socket, closeBoth);
}
