import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTarget } from "../../core/target.ts";

test("a target's slug tells user, host and port apart", () => {
  assert.equal(parseTarget("local").slug, "local");
  assert.deepEqual(parseTarget("ssh://root@203.0.113.10"), {
    kind: "ssh",
    slug: "ssh-root-203.0.113.10-22",
    user: "root",
    host: "203.0.113.10",
    port: "22",
  });
  assert.equal(parseTarget("ssh://host.example.com:2222").slug, "ssh-host.example.com-2222");
});
