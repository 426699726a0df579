import assert from "node:assert/strict";
import test from "node:test";
import { Backend } from "../../guard/backend.ts";
import { Log } from "../../guard/log.ts";
import { Router } from "../../guard/router.ts";
import { backendAt, DEFAULTS } from "./support.ts";

function routerFor(...paths: string[]): Router {
  const log = new Log("error", () => {});
  const backends = paths.map((each, index) => {
    return new Backend(backendAt(1, { name: `b${index}`, paths: each.split(",") }), DEFAULTS, log);
  });
  return new Router(backends, { queueRequests: 1, acquireTimeoutMs: 1 });
}

const ROUTES: [target: string, pool: string | undefined][] = [
  ["/", "/"],
  ["/index.html", "/"],
  ["/api", "/api"],
  ["/api/chat", "/api"],
  ["/api?rows=5", "/api"],
  ["/apix", "/"],
  ["/api/export", "/api/export"],
  ["/api/export/1?x=/api", "/api/export"],
  ["/files/a", "/files/"],
  ["/files", "/"],
  ["/chat/1", "/chat,/history"],
  ["/history", "/chat,/history"],
];

for (const [target, pool] of ROUTES) {
  test(`${target} is served by ${pool}`, () => {
    const router = routerFor("/", "/api", "/api/export", "/files/", "/chat,/history");
    assert.equal(router.poolFor(target)?.paths.join(), pool);
  });
}

test("backends with the same prefixes make one pool", () => {
  const router = routerFor("/,/x", "/x,/", "/api");
  assert.deepEqual(
    router.pools.map(({ paths, backends }) => [paths, backends.length]),
    [
      [["/", "/x"], 2],
      [["/api"], 1],
    ],
  );
});

test("a path below no prefix has no pool", () => {
  assert.equal(routerFor("/api").poolFor("/other"), undefined);
});
