import assert from "node:assert/strict";
import { test } from "node:test";
import { isAtLeast } from "../../../cli/setup/version.ts";

test("compares versions number by number", () => {
  assert.equal(isAtLeast("1.11.4", "1.5"), true);
  assert.equal(isAtLeast("1.5.0", "1.5"), true);
  assert.equal(isAtLeast("1.4.9", "1.5"), false);
  assert.equal(isAtLeast("0.99.0", "1.5"), false);
  assert.equal(isAtLeast("1.25.8", "1.25.8"), true);
  assert.equal(isAtLeast("1.25.7", "1.25.8"), false);
  assert.equal(isAtLeast("1.26", "1.25.8"), true);
});

test("takes what distributions add for what it is", () => {
  assert.equal(isAtLeast("20.10.24+dfsg1", "20.10"), true);
  assert.equal(isAtLeast("golang-1.25-go", "golang-1.9-go"), true);
  assert.equal(isAtLeast("1.26.0-rc1", "1.26"), true);
});

test("nothing is never new enough", () => {
  assert.equal(isAtLeast("", "1.5"), false);
  assert.equal(isAtLeast("unknown", "1.5"), false);
});
