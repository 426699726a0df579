import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Arm, Place } from "./arm.ts";
import { startArm } from "./program.ts";
import { QUEUE_TIMEOUT_MS } from "./queue-timeout.ts";

/** HAProxy as a careful operator sets it: heavy requests limited apart from the others, the next ones queued. */
export function haproxy(limit: number): Arm {
  return {
    name: `haproxy-${limit}`,
    readsHints: false,
    start: async ({ place }) => {
      const file = join(place.folder, "haproxy.cfg");
      await writeFile(file, configuration(place, limit));
      return startArm(place, ["haproxy", "-db", "-f", file]);
    },
  };
}

function configuration({ backendPort, frontPort }: Place, limit: number): string {
  return `
global
  nbthread 1
  maxconn 8192
defaults
  mode http
  retries 0
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout queue ${QUEUE_TIMEOUT_MS}ms
frontend bench
  bind 127.0.0.1:${frontPort}
  use_backend heavy if { path_beg /heavy }
  default_backend light
backend light
  server slot 127.0.0.1:${backendPort}
backend heavy
  server slot 127.0.0.1:${backendPort} maxconn ${limit}
`;
}
