import assert from "node:assert/strict";
import { homedir } from "node:os";
import { test } from "node:test";
import { cacheFolder } from "../../../cli/setup/cache-folder.ts";

function withCacheHome(value: string | undefined): string {
  const before = process.env["XDG_CACHE_HOME"];
  try {
    if (value === undefined) delete process.env["XDG_CACHE_HOME"];
    else process.env["XDG_CACHE_HOME"] = value;
    return cacheFolder();
  } finally {
    if (before === undefined) delete process.env["XDG_CACHE_HOME"];
    else process.env["XDG_CACHE_HOME"] = before;
  }
}

test("lies in XDG_CACHE_HOME where that is an absolute path", () => {
  assert.equal(withCacheHome("/var/cache/me"), "/var/cache/me/plimsoll");
});

test("else in the home folder", () => {
  assert.equal(withCacheHome(undefined), `${homedir()}/.cache/plimsoll`);
  assert.equal(withCacheHome(""), `${homedir()}/.cache/plimsoll`);
  assert.equal(withCacheHome("relative"), `${homedir()}/.cache/plimsoll`);
});
