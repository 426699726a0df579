import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpError } from "../../example/http-error.ts";
import { Router } from "../../example/router.ts";

const list = () => undefined;
const read = () => undefined;
const remove = () => undefined;
const router = new Router()
  .add("GET", "/sessions", list)
  .add("GET", "/sessions/:id", read)
  .add("DELETE", "/sessions/:id", remove);

function failure(method: string, path: string): HttpError {
  try {
    router.match(method, path);
  } catch (error) {
    assert.ok(error instanceof HttpError);
    return error;
  }
  return assert.fail(`${method} ${path} matched`);
}

test("a path leads to its handler, with what its parts matched", () => {
  assert.equal(router.match("GET", "/sessions").handler, list);
  assert.deepEqual(router.match("GET", "/sessions/7"), { handler: read, params: { id: "7" } });
  assert.equal(router.match("DELETE", "/sessions/7").handler, remove);
});

test("a HEAD is answered by the GET", () => {
  assert.equal(router.match("HEAD", "/sessions").handler, list);
});

test("an unknown path is 404: parts match neither nothing nor a slash", () => {
  for (const path of ["/", "/session", "/sessions/", "/sessions/7/8", "/x/sessions"]) {
    assert.equal(failure("GET", path).status, 404, path);
  }
});

test("an unknown method is 405 and names the known ones", () => {
  const { status, headers, code } = failure("PUT", "/sessions/7");
  assert.deepEqual(
    { status, headers, code },
    {
      status: 405,
      headers: { Allow: "GET, DELETE" },
      code: "method_not_allowed",
    },
  );
});
