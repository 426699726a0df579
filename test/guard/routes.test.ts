import assert from "node:assert/strict";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import test from "node:test";
import type { RouteSettings } from "../../guard/route-settings.ts";
import { Routes } from "../../guard/routes.ts";

function requestOf(url: string, headers: Record<string, string> = {}): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { method: "GET", url, headers });
}

function route(more: Partial<RouteSettings>): RouteSettings {
  return {
    name: "export",
    method: undefined,
    path: "/api/export",
    criticality: "normal",
    costBytes: undefined,
    size: { from: "query", name: "rows", bytesPerUnit: 1 },
    singleFlight: undefined,
    maxResultBytes: undefined,
    ...more,
  };
}

const sizeOf = (url: string) => new Routes([route({})]).match(requestOf(url)).size;

test("the longest path that matches wins, and a path is no prefix of a longer word", () => {
  const routes = new Routes([route({ name: "api", path: "/api" }), route({})]);
  const names = ["/api/export?rows=1", "/api/export/2", "/api/exports", "/apis"].map(
    (url) => routes.match(requestOf(url)).name,
  );
  assert.deepEqual(names, ["export", "export", "api", "GET /apis"]);
});

test("a method that is named must be the request's", () => {
  const routes = new Routes([route({ method: "POST" })]);
  assert.equal(routes.match(requestOf("/api/export")).settings, undefined);
});

test("reads the size from the query, a header or the length of the body", () => {
  assert.equal(sizeOf("/api/export?a=b&rows=100"), 100);
  const header = route({ size: { from: "header", name: "x-rows", bytesPerUnit: 1 } });
  assert.equal(new Routes([header]).match(requestOf("/api/export", { "x-rows": "7" })).size, 7);
  const length = route({ size: { from: "content-length", name: "", bytesPerUnit: 1 } });
  const request = requestOf("/api/export", { "content-length": "9" });
  assert.equal(new Routes([length]).match(request).size, 9);
});

for (const text of ["", "-1", "1e9", "x", "0x10", "9999999999999999"]) {
  test(`rows=${text} tells no size`, () => {
    assert.equal(sizeOf(`/api/export?rows=${text}`), undefined);
  });
}

test("requests that nobody configured are told apart by path, not by the things they name", () => {
  const routes = new Routes([]);
  const names = ["/users/42?x=1", "/users/9f1c2d3e4b5a", "/users/all"].map(
    (url) => routes.match(requestOf(url)).name,
  );
  assert.deepEqual(names, ["GET /users/:id", "GET /users/:id", "GET /users/all"]);
});

test("too many different paths share one name", () => {
  const routes = new Routes([]);
  for (let index = 0; index < 64; index += 1) routes.match(requestOf(`/p${index}`));
  assert.equal(routes.match(requestOf("/one-more")).name, "other");
  assert.equal(routes.match(requestOf("/p3")).name, "GET /p3");
});
