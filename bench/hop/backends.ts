import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { nginxCommand, nginxConfiguration } from "../nginx.ts";
import { startProgram } from "../program.ts";
import type { Ports } from "./proxies.ts";

const EVENT_EVERY_MS = 5000;
const BODY_BYTES = 1024;

/** What is behind the proxies: nginx with 1 KiB, so that the backend is not what binds, and event streams that never end. */
export async function startBackends(folder: string, ports: Ports) {
  const streams = await startStreams(ports.streams);
  try {
    const nginx = await startFast(join(folder, "backend"), ports.fast);
    return { end: () => nginx.end().then(streams.end) };
  } catch (error) {
    streams.end();
    throw error;
  }
}

async function startFast(folder: string, port: number) {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "nginx.conf");
  await writeFile(file, nginxConfiguration(folder, answering(port)));
  return startProgram({
    command: nginxCommand(file),
    url: `http://127.0.0.1:${port}/`,
    logFile: join(folder, "nginx.log"),
  });
}

function startStreams(port: number) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const write = () => response.write(`data: ${Date.now()}\n\n`);
    write();
    const timer = setInterval(write, EVENT_EVERY_MS);
    response.once("close", () => clearInterval(timer));
  });
  const end = () => {
    server.closeAllConnections();
    server.close();
  };
  return new Promise<{ end: () => void }>((resolve) => {
    server.listen({ port, host: "127.0.0.1", backlog: 4096 }, () => resolve({ end }));
  });
}

function answering(port: number): string {
  return `
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    default_type text/plain;
    location / { return 200 "${"x".repeat(BODY_BYTES)}"; }
  }`;
}
