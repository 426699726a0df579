import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A backend of Terraform's kind `http`, with locks, as GitLab has them: what it keeps may be looked at and changed. */
export interface StateServer {
  readonly address: string;
  readonly states: Map<string, string>;
  /** Lock infos as their holders sent them. */
  readonly locks: Map<string, string>;
  /** Called with each path that is written to, before it is; may refuse by throwing. */
  onWrite: (path: string) => void;
  close(): Promise<void>;
}

function answer(response: ServerResponse, status: number, body = ""): void {
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

async function lockRequest(
  { locks }: StateServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? "").replace(/\/lock$/, "").replace(/\?.*$/, "");
  const info = await text(request);
  const holder = locks.get(path);
  if (request.method === "DELETE") locks.delete(path);
  else if (holder) return answer(response, 423, holder);
  else locks.set(path, info);
  answer(response, 200);
}

async function stateRequest(
  server: StateServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? "").replace(/\?.*$/, "");
  if (request.method === "GET") {
    const state = server.states.get(path);
    return answer(response, state === undefined ? 404 : 200, state);
  }
  const body = await text(request);
  try {
    server.onWrite(path);
  } catch {
    return answer(response, 500);
  }
  server.states.set(path, body);
  answer(response, 200);
}

export async function stateServer(): Promise<StateServer> {
  const listener: Server = createServer((request, response) => {
    const isLock = /\/lock(?:\?.*)?$/.test(request.url ?? "");
    void (isLock ? lockRequest : stateRequest)(server, request, response);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  const server: StateServer = {
    address: `http://127.0.0.1:${port}/states`,
    states: new Map(),
    locks: new Map(),
    onWrite: () => {},
    close: async () => {
      listener.close();
      await once(listener, "close");
    },
  };
  return server;
}
