import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Backend } from "./backend.ts";
import { http } from "./http.ts";

/** A connect on one server or a private network takes under a millisecond; a lost one would take minutes. */
const CONNECT_TIMEOUT_MS = 2_000;

/**
 * How far a failed attempt had come. After `connect` nothing was sent. After `reused` the backend may have
 * closed an idle connection just as we used it. After `sent` it may have done the work.
 */
export type Stage = "connect" | "reused" | "sent";

export interface AttemptEvents {
  /** The connection stands: from here on the body may be sent. */
  connected(upstream: ClientRequest): void;
  responded(response: IncomingMessage): void;
  upgraded(response: IncomingMessage, socket: Duplex, head: Buffer): void;
  failed(stage: Stage, error: Error): void;
}

export interface Head {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly string[];
}

/**
 * Sends a request's head to one backend. The caller ends or pipes the body.
 * @throws TypeError when Node finds a byte that does not belong there.
 */
export function startAttempt(backend: Backend, head: Head, events: AttemptEvents): ClientRequest {
  const { host, port } = backend.settings;
  const upstream = http.request({ ...head, host, port, agent: backend.agent, setHost: false });
  let isConnected = false;
  upstream.once("socket", (socket) => {
    onceConnected(socket, () => {
      isConnected = true;
      events.connected(upstream);
    });
  });
  upstream.once("response", (response) => events.responded(response));
  upstream.once("upgrade", (response, socket, rest) => events.upgraded(response, socket, rest));
  upstream.on("error", (error) => {
    const stage = upstream.reusedSocket ? "reused" : "sent";
    events.failed(isConnected ? stage : "connect", error);
  });
  return upstream;
}

function onceConnected(socket: Socket, connected: () => void): void {
  if (!socket.connecting) {
    connected();
    return;
  }
  const giveUp = () => socket.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`));
  const timer = setTimeout(giveUp, CONNECT_TIMEOUT_MS);
  socket.once("close", () => clearTimeout(timer));
  socket.once("connect", () => {
    clearTimeout(timer);
    connected();
  });
}
