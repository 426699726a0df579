import assert from "node:assert/strict";
import { test } from "node:test";
import { directives } from "../../../cli/verify/nginx.ts";

test("directives are told by their blocks, over several lines, in quotes and more than once", () => {
  const text = `
# a comment
worker_processes 2;
events {
  worker_connections 1024;
}
http {
  log_format short '{"time":"$time",'
    '"status":$status}';
  proxy_set_header Host $host;
  proxy_set_header X-Real-IP $remote_addr;
  server {
    listen 8080;
    location = /health {
      return 200 'a;b{}\\n';
    }
  }
}
`;
  assert.deepEqual(
    [...directives(text)],
    [
      ["worker_processes", "2"],
      ["events > worker_connections", "1024"],
      ["http > log_format", `short '{"time":"$time",' '"status":$status}'`],
      ["http > proxy_set_header", "Host $host"],
      ["http > proxy_set_header #2", "X-Real-IP $remote_addr"],
      ["http > server > listen", "8080"],
      ["http > server > location = /health > return", `200 'a;b{}\\n'`],
    ],
  );
});
