import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { execa } from "execa";
import { answers } from "../answers.ts";
import { until } from "../overload/until.ts";
import type { Ports } from "./proxies.ts";

const EVENT_EVERY_MS = 5000;
const START_TIMEOUT_MS = 10_000;
const BODY_BYTES = 1024;

/** What is behind the proxies: nginx with 1 KiB, so that the backend is not what binds, and event streams that never end. */
export async function startBackends(folder: string, ports: Ports) {
  const streams = await startStreams(ports.streams);
  const file = join(folder, "backend.conf");
  await mkdir(join(folder, "backend"), { recursive: true });
  await writeFile(file, configuration(join(folder, "backend"), ports.fast));
  const nginx = execa("nginx", ["-c", file, "-e", "stderr"], { reject: false, stderr: "ignore" });
  const end = async () => {
    nginx.kill("SIGTERM");
    await nginx;
    streams.closeAllConnections();
    streams.close();
  };
  await until(() => answers(`http://127.0.0.1:${ports.fast}/`), START_TIMEOUT_MS).catch(
    async (error: Error) => {
      await end();
      throw error;
    },
  );
  return { end };
}

function startStreams(port: number) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const write = () => response.write(`data: ${Date.now()}\n\n`);
    write();
    const timer = setInterval(write, EVENT_EVERY_MS);
    response.once("close", () => clearInterval(timer));
  });
  return new Promise<typeof server>((resolve) => {
    server.listen({ port, host: "127.0.0.1", backlog: 4096 }, () => resolve(server));
  });
}

function configuration(folder: string, port: number): string {
  return `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    default_type text/plain;
    location / { return 200 "${"x".repeat(BODY_BYTES)}"; }
  }
}
`;
}
