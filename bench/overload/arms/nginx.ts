import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nginxCommand, nginxConfiguration } from "../../nginx.ts";
import type { Arm, Place } from "./arm.ts";
import { startArm } from "./program.ts";

/** nginx as a careful operator sets it: heavy requests limited apart from the others, refused at once when full. */
export function nginx(limit: number): Arm {
  return {
    name: `nginx-${limit}`,
    readsHints: false,
    start: async ({ place }) => {
      const file = join(place.folder, "nginx.conf");
      await writeFile(file, nginxConfiguration(place.folder, limitedProxy(place, limit)));
      return startArm(place, nginxCommand(file));
    },
  };
}

function limitedProxy({ backendPort, frontPort }: Place, limit: number): string {
  return `
  limit_conn_zone $server_name zone=heavy:1m;
  limit_conn_status 503;
  upstream backend { server 127.0.0.1:${backendPort} max_fails=0; keepalive 64; }
  server {
    listen 127.0.0.1:${frontPort};
    server_name bench;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_buffering off;
    proxy_next_upstream off;
    location / { proxy_pass http://backend; }
    location /heavy { limit_conn heavy ${limit}; proxy_pass http://backend; }
  }`;
}
