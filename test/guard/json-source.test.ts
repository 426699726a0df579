import assert from "node:assert/strict";
import test from "node:test";
import { isInlineJson, readJsonSource } from "../../guard/json-source.ts";

test("JSON is read as it stands, anything else as a path", () => {
  assert.deepEqual(readJsonSource(' {"routes": []}'), { routes: [] });
  assert.equal(isInlineJson("/etc/guard.json"), false);
  assert.throws(() => readJsonSource("/nowhere/guard.json"), /ENOENT/);
});
