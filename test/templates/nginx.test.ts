import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../config/environment.ts";
import { type NginxOptions, nginxView } from "../../templates/nginx.ts";
import { render } from "../../templates/render.ts";
import { localWith } from "../support/environments.ts";

const OPTIONS: NginxOptions = {
  plan: planOf(localWith({})).nginx,
  domain: "chat.example.com",
  tlsPort: undefined,
  site: true,
  guard: "plimsoll-local-guard:8080",
  paths: ["/api/", "/health"],
  ssePaths: ["/api/chat/completions"],
};

const conf = (patch: Partial<NginxOptions> = {}) =>
  render("nginx.conf", nginxView({ ...OPTIONS, ...patch }));

/** The text between a location's braces. */
function location(text: string, path: string): string {
  const start = text.indexOf(`location ${path} {`);
  assert.notEqual(start, -1, `no location ${path}`);
  return text.slice(start, text.indexOf("\n    }", start));
}

test("a stream is neither buffered nor compressed, an ordinary request is", () => {
  const text = conf();
  assert.match(location(text, "= /api/chat/completions"), /proxy_buffering off;[\s\S]*gzip off;/);
  assert.doesNotMatch(location(text, "/api/"), /proxy_buffering/);
});

test("a path is a prefix when it ends with a slash, else itself alone", () => {
  const text = conf();
  location(text, "/api/");
  location(text, "= /health");
  assert.doesNotMatch(text, /location \/health/);
});

test("limits answer 429 with Retry-After, so that 503 means the server is short of memory", () => {
  const text = conf();
  assert.match(text, /zone=requests:2m rate=10r\/s;/);
  assert.match(text, /limit_req_status 429;\n\s+limit_conn_status 429;/);
  assert.match(location(text, "@too-many"), /add_header Retry-After 5 always;/);
});

test("Connection is empty without an upgrade, so that keepalive survives", () => {
  assert.match(
    conf(),
    /map \$http_upgrade \$connection_upgrade \{\n\s+default upgrade;\n\s+'' '';/,
  );
});

test("what a client says about itself is overwritten", () => {
  assert.match(conf(), /proxy_set_header X-Forwarded-For \$remote_addr;/);
});

test("only hashed assets are cached for ever", () => {
  const text = conf();
  assert.match(location(text, "/assets/"), /immutable/);
  assert.match(location(text, "/"), /Cache-Control no-cache;/);
});

test("with TLS, plain requests are redirected to the public port", () => {
  const text = conf({ tlsPort: 8443 });
  assert.match(text, /return 308 https:\/\/chat\.example\.com:8443\$request_uri;/);
  assert.match(text, /listen 8443 ssl default_server;/);
  assert.match(conf({ tlsPort: 443 }), /return 308 https:\/\/chat\.example\.com\$request_uri;/);
  assert.doesNotMatch(conf(), /ssl/);
});

test("without a site and without an app at /, the rest is not found", () => {
  assert.match(location(conf({ site: false }), "/"), /return 404;/);
  assert.doesNotMatch(conf({ site: false, paths: ["/"] }), /return 404;/);
});
