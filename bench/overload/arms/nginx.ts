import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Arm, Place } from "./arm.ts";
import { startProgram } from "./program.ts";

/** nginx as a careful operator sets it: heavy requests limited apart from the others, refused at once when full. */
export function nginx(limit: number): Arm {
  return {
    name: `nginx-${limit}`,
    readsHints: false,
    start: async ({ place }) => {
      const file = join(place.folder, "nginx.conf");
      await writeFile(file, configuration(place, limit));
      return startProgram(place, ["nginx", "-c", file, "-e", "stderr"]);
    },
  };
}

function configuration({ backendPort, frontPort, folder }: Place, limit: number): string {
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
  }
}
`;
}
